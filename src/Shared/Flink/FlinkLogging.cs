namespace Flink.Resources.Flink;

/// <summary>The log4j configuration that applications get when they bring none: console, and a rolling file that Flink's REST API serves.</summary>
internal static class FlinkLogging
{
    public const string Log4j = """
        monitorInterval=30
        rootLogger.level = INFO
        rootLogger.appenderRef.file.ref = MainAppender
        rootLogger.appenderRef.console.ref = ConsoleAppender
        logger.hadoop.name = org.apache.hadoop
        logger.hadoop.level = WARN
        logger.pekko.name = org.apache.pekko
        logger.pekko.level = INFO
        appender.console.name = ConsoleAppender
        appender.console.type = CONSOLE
        appender.console.layout.type = PatternLayout
        appender.console.layout.pattern = %d{yyyy-MM-dd HH:mm:ss,SSS} %-5p %-60c %x - %m%n
        appender.main.name = MainAppender
        appender.main.type = RollingFile
        appender.main.append = true
        appender.main.fileName = ${sys:log.file}
        appender.main.filePattern = ${sys:log.file}.%i
        appender.main.layout.type = PatternLayout
        appender.main.layout.pattern = %d{yyyy-MM-dd HH:mm:ss,SSS} %-5p %-60c %x - %m%n
        appender.main.policies.type = Policies
        appender.main.policies.size.type = SizeBasedTriggeringPolicy
        appender.main.policies.size.size = 100MB
        appender.main.strategy.type = DefaultRolloverStrategy
        appender.main.strategy.max = 10
        logger.netty.name = org.jboss.netty.channel.DefaultChannelPipeline
        logger.netty.level = OFF

        """;
}
