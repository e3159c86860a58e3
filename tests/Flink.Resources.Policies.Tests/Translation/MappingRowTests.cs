namespace Flink.Resources.Translation;

/// <summary>Each row of both tables, with each of its outcomes.</summary>
public sealed class MappingRowTests
{
    [Theory]
    [InlineData("execution.target", "yarn-application", KeyOutcome.Mapped, "backend", "kubernetes-application")]
    [InlineData("execution.target", "embedded", KeyOutcome.Mapped, "backend", "kubernetes-application")]
    [InlineData("execution.target", "yarn-per-job", KeyOutcome.SemanticChange, "backend", "kubernetes-application")]
    [InlineData("execution.target", "yarn-session", KeyOutcome.NeedsInput, null, null)]
    [InlineData("execution.target", "remote", KeyOutcome.Blocking, null, null)]
    [InlineData("yarn.application.id", "application_1700000000000_0001", KeyOutcome.DroppedSafe, null, null)]
    [InlineData("yarn.application.name", "Ads Clicks (v2)", KeyOutcome.Mapped, "kubernetes.jobmanager.annotations", "yarn-application-name:Ads Clicks (v2)")]
    [InlineData("yarn.application.queue", "root.ads", KeyOutcome.Mapped, "Queue", "root.ads")]
    [InlineData("yarn.application.priority", "7", KeyOutcome.Mapped, "Priority", "7 (flink-high)")]
    [InlineData("yarn.application.priority", "3", KeyOutcome.Mapped, "Priority", "3 (flink-low)")]
    [InlineData("yarn.application.priority", "-1", KeyOutcome.Mapped, "Priority", "default")]
    [InlineData("yarn.application.priority", "high", KeyOutcome.Blocking, null, null)]
    [InlineData("yarn.application.node-label", "ssd", KeyOutcome.Mapped, "Zone", "ssd")]
    [InlineData("yarn.application.node-label", "tape", KeyOutcome.Blocking, null, null)]
    [InlineData("yarn.taskmanager.node-label", "ssd", KeyOutcome.Mapped, "kubernetes.taskmanager.node-selector", "disk:ssd")]
    [InlineData("yarn.taskmanager.node-label", "gpu", KeyOutcome.NeedsInput, null, null)]
    [InlineData("yarn.taskmanager.node-label", "tape", KeyOutcome.Blocking, null, null)]
    [InlineData("yarn.application.type", "Flink", KeyOutcome.Mapped, "kubernetes.jobmanager.labels", "yarn-application-type:Flink")]
    [InlineData("yarn.application.type", "Apache Flink", KeyOutcome.Mapped, "kubernetes.jobmanager.annotations", "yarn-application-type:Apache Flink")]
    [InlineData("yarn.tags", "b, a", KeyOutcome.Mapped, "kubernetes.jobmanager.labels", "yarn-tag-0:a,yarn-tag-1:b")]
    [InlineData("yarn.tags", "cost center:7", KeyOutcome.Mapped, "kubernetes.jobmanager.annotations", "'yarn-tag-0:''cost center:7'''")]
    [InlineData("yarn.tags", "flink-resources,flink-resources-epoch-3", KeyOutcome.DroppedSafe, null, null)]
    [InlineData("yarn.application-attempts", "3", KeyOutcome.SemanticChange, null, null)]
    [InlineData("yarn.application-attempt-failures-validity-interval", "60000", KeyOutcome.SemanticChange, null, null)]
    [InlineData("yarn.application-master.port", "0", KeyOutcome.DroppedSafe, null, null)]
    [InlineData("yarn.application-master.port", "50100-50200", KeyOutcome.NeedsInput, null, null)]
    [InlineData("yarn.appmaster.vcores", "2", KeyOutcome.Mapped, "JobManager.CpuMillicores", "1000")]
    [InlineData("yarn.appmaster.vcores", "two", KeyOutcome.Blocking, null, null)]
    [InlineData("yarn.containers.vcores", "3", KeyOutcome.Mapped, "TaskManager.CpuMillicores", "1500")]
    [InlineData("yarn.containers.vcores", "-1", KeyOutcome.Mapped, "TaskManager.CpuMillicores", "500")]
    [InlineData("jobmanager.memory.process.size", "2g", KeyOutcome.Kept, "JobManager.Memory", "2g")]
    [InlineData("jobmanager.memory.process.size", "1600m", KeyOutcome.Mapped, "JobManager.Memory", "2g")]
    [InlineData("jobmanager.memory.process.size", "big", KeyOutcome.Blocking, null, null)]
    [InlineData("taskmanager.memory.process.size", "8g", KeyOutcome.Kept, "TaskManager.Memory", "8g")]
    [InlineData("taskmanager.memory.process.size", "3500m", KeyOutcome.Mapped, "TaskManager.Memory", "4g")]
    [InlineData("taskmanager.heap.size", "3500m", KeyOutcome.Mapped, "TaskManager.Memory", "4g")]
    [InlineData("taskmanager.numberOfTaskSlots", "4", KeyOutcome.Kept, "TaskManager.Slots", "4")]
    [InlineData("taskmanager.numberOfTaskSlots", "four", KeyOutcome.Blocking, null, null)]
    [InlineData("parallelism.default", "12", KeyOutcome.Kept, "Parallelism", "12")]
    [InlineData("pipeline.max-parallelism", "720", KeyOutcome.Kept, "pipeline.max-parallelism", "720")]
    [InlineData("taskmanager.cpu.cores", "4.0", KeyOutcome.Mapped, "TaskManager.CpuMillicores", "2000")]
    [InlineData("yarn.provided.lib.dirs", "hdfs:///flink/lib", KeyOutcome.DroppedSafe, null, null)]
    [InlineData("yarn.flink-dist-jar", "hdfs:///flink/flink-dist.jar", KeyOutcome.Blocking, null, null)]
    [InlineData("yarn.provided.usrlib.dir", "hdfs:///flink/usrlib", KeyOutcome.Blocking, null, null)]
    [InlineData("yarn.ship-files", "/home/ads/extra.conf", KeyOutcome.Mapped, "Files", "1 files")]
    [InlineData("yarn.ship-files", "/home/ads/other.conf;/home/ads/extra.conf", KeyOutcome.NeedsInput, null, null)]
    [InlineData("yarn.ship-archives", "/home/ads/python.tar.gz", KeyOutcome.NeedsInput, null, null)]
    [InlineData("yarn.staging-directory", "hdfs:///staging", KeyOutcome.DroppedSafe, null, null)]
    [InlineData("yarn.file-replication", "2", KeyOutcome.DroppedSafe, null, null)]
    [InlineData("yarn.properties-file.location", "/tmp", KeyOutcome.DroppedSafe, null, null)]
    [InlineData("yarn.classpath.include-user-jar", "FIRST", KeyOutcome.SemanticChange, null, null)]
    [InlineData("yarn.per-job-cluster.include-user-jar", "FIRST", KeyOutcome.SemanticChange, null, null)]
    [InlineData("yarn.container-start-command-template", "%java% %jvmmem% %jvmopts% %logging% %class% %args% %redirects%", KeyOutcome.DroppedSafe, null, null)]
    [InlineData("yarn.container-start-command-template", "nice %java% %class%", KeyOutcome.NeedsInput, null, null)]
    [InlineData("yarn.heartbeat.interval", "5", KeyOutcome.DroppedSafe, null, null)]
    [InlineData("yarn.heartbeat.container-request-interval", "500", KeyOutcome.DroppedSafe, null, null)]
    [InlineData("yarn.maximum-failed-containers", "20", KeyOutcome.Mapped, "resourcemanager.start-worker.max-failure-rate", "20.0")]
    [InlineData("yarn.maximum-failed-containers", "-1", KeyOutcome.DroppedSafe, null, null)]
    [InlineData("yarn.security.kerberos.localized-keytab-path", "krb5.keytab", KeyOutcome.Mapped, null, null)]
    [InlineData("yarn.security.kerberos.ship-local-keytab", "true", KeyOutcome.Mapped, null, null)]
    [InlineData("yarn.security.kerberos.additionalFileSystems", "hdfs://ns2", KeyOutcome.Mapped, "security.kerberos.access.hadoopFileSystems", "hdfs://ns2")]
    [InlineData("security.kerberos.krb5-conf.path", "/etc/krb5.conf", KeyOutcome.Mapped, "security.kerberos.krb5-conf.path", "/opt/krb/krb5.conf")]
    [InlineData("security.kerberos.krb5-conf.path", "/srv/krb5.conf", KeyOutcome.NeedsInput, null, null)]
    [InlineData("security.kerberos.login.keytab", "/etc/security/keytabs/ads.keytab", KeyOutcome.Mapped, "security.kerberos.login.keytab", "/opt/keytabs/ads.keytab")]
    [InlineData("flink.hadoop.dfs.replication", "2", KeyOutcome.Kept, "flink.hadoop.dfs.replication", "2")]
    [InlineData("flink.yarn.queue", "q", KeyOutcome.DroppedSafe, null, null)]
    [InlineData("external-resource.gpu.yarn.config-key", "yarn.io/gpu", KeyOutcome.Mapped, "external-resource.gpu.kubernetes.config-key", "nvidia.com/gpu")]
    [InlineData("external-resource.fpga.yarn.config-key", "yarn.io/fpga", KeyOutcome.Blocking, null, null)]
    [InlineData("external-resource.gpu.amount", "1", KeyOutcome.Kept, "external-resource.gpu.amount", "1")]
    [InlineData("containerized.master.env.REGION", "eu", KeyOutcome.Mapped, "Environment[REGION]", "eu")]
    [InlineData("containerized.taskmanager.env.REGION", "eu", KeyOutcome.Kept, "containerized.taskmanager.env.REGION", "eu")]
    [InlineData("containerized.master.env.HADOOP_CONF_DIR", "/etc/hadoop", KeyOutcome.DroppedSafe, null, null)]
    [InlineData("containerized.master.env.TZ", "Asia/Tokyo", KeyOutcome.Mapped, "Environment[TZ]", "Asia/Shanghai")]
    [InlineData("containerized.master.env.1X", "a", KeyOutcome.Blocking, null, null)]
    [InlineData("high-availability.type", "zookeeper", KeyOutcome.Mapped, "backend", "kubernetes")]
    [InlineData("high-availability", "zookeeper", KeyOutcome.Mapped, "backend", "kubernetes")]
    [InlineData("high-availability.type", "NONE", KeyOutcome.SemanticChange, "backend", "kubernetes")]
    [InlineData("high-availability.cluster-id", "/flink/ads", KeyOutcome.SemanticChange, null, null)]
    [InlineData("high-availability.storageDir", "hdfs:///ha", KeyOutcome.Mapped, "backend", "backend")]
    [InlineData("high-availability.zookeeper.quorum", "zk:2181", KeyOutcome.DroppedSafe, null, null)]
    [InlineData("state.checkpoints.dir", "hdfs://ns1/chk", KeyOutcome.Mapped, "execution.checkpointing.dir", "hdfs://ns1/chk")]
    [InlineData("execution.checkpointing.dir", "hdfs://ns1/chk", KeyOutcome.Kept, "execution.checkpointing.dir", "hdfs://ns1/chk")]
    [InlineData("execution.checkpointing.dir", "file:///data/chk", KeyOutcome.Blocking, null, null)]
    [InlineData("state.savepoints.dir", "hdfs://yarn-only/sp", KeyOutcome.Blocking, null, null)]
    [InlineData("io.tmp.dirs", "/data1/yarn/local", KeyOutcome.Mapped, "io.tmp.dirs", "/flink-local")]
    [InlineData("state.backend.rocksdb.localdir", "/data1/yarn/local", KeyOutcome.Mapped, "state.backend.rocksdb.localdir", "/flink-local")]
    [InlineData("env.log.dir", "/var/log/flink", KeyOutcome.DroppedSafe, null, null)]
    [InlineData("metrics.reporter.prom.port", "9249", KeyOutcome.Kept, "metrics.reporter.prom.port", "9249")]
    [InlineData("metrics.scope.tm", "<host>.taskmanager.<tm_id>", KeyOutcome.SemanticChange, "metrics.scope.tm", "<host>.taskmanager.<tm_id>")]
    [InlineData("metrics.scope.tm", "taskmanager.<tm_id>", KeyOutcome.Kept, "metrics.scope.tm", "taskmanager.<tm_id>")]
    [InlineData("execution.savepoint.path", "hdfs://ns1/sp/1", KeyOutcome.DroppedSafe, null, null)]
    [InlineData("execution.state-recovery.path", "hdfs://ns1/sp/1", KeyOutcome.DroppedSafe, null, null)]
    [InlineData("execution.savepoint-restore-mode", "CLAIM", KeyOutcome.DroppedSafe, null, null)]
    [InlineData("$internal.application.main", "com.example.Main", KeyOutcome.Mapped, "EntryClass", "com.example.Main")]
    [InlineData("$internal.pipeline.job-id", "00000000000000000000000000000001", KeyOutcome.DroppedSafe, null, null)]
    [InlineData("$internal.deployment.config-dir", "/opt/conf", KeyOutcome.DroppedSafe, null, null)]
    [InlineData("rest.port", "8081", KeyOutcome.DroppedSafe, null, null)]
    [InlineData("state.backend", "rocksdb", KeyOutcome.Mapped, "state.backend.type", "rocksdb")]
    [InlineData("state.backend.type", "forst", KeyOutcome.Blocking, null, null)]
    [InlineData("kubernetes.taskmanager.labels", "team:ads", KeyOutcome.SemanticChange, "kubernetes.taskmanager.labels", "team:ads")]
    [InlineData("kubernetes.namespace", "flink", KeyOutcome.DroppedSafe, null, null)]
    [InlineData("yarn.of-the-house", "1", KeyOutcome.SemanticChange, null, null)]
    [InlineData("table.exec.mini-batch.enabled", "true", KeyOutcome.Kept, "table.exec.mini-batch.enabled", "true")]
    [InlineData("my.own.key", "1", KeyOutcome.Kept, "my.own.key", "1")]
    [InlineData("python.files", "a.py", KeyOutcome.Blocking, null, null)]
    public void ToKubernetes_Row_HasItsOutcome(string key, string value, KeyOutcome outcome, string? newKey, string? newText) =>
        Check(Jobs.OnYarn((key, value)), key, outcome, newKey, newText);

    [Theory]
    [InlineData("execution.target", "kubernetes-application", KeyOutcome.Mapped, "backend", "yarn-application")]
    [InlineData("execution.target", "kubernetes-session", KeyOutcome.NeedsInput, null, null)]
    [InlineData("execution.target", "local", KeyOutcome.Blocking, null, null)]
    [InlineData("kubernetes.cluster-id", "ads-clicks-e3", KeyOutcome.DroppedSafe, null, null)]
    [InlineData("kubernetes.namespace", "flink", KeyOutcome.DroppedSafe, null, null)]
    [InlineData("kubernetes.jobmanager.cpu.amount", "1.0", KeyOutcome.Mapped, "JobManager.CpuMillicores", "2000")]
    [InlineData("kubernetes.jobmanager.cpu", "1.2", KeyOutcome.Mapped, "JobManager.CpuMillicores", "3000")]
    [InlineData("kubernetes.taskmanager.cpu.amount", "-1.0", KeyOutcome.Mapped, "TaskManager.CpuMillicores", "2000")]
    [InlineData("kubernetes.taskmanager.cpu.amount", "much", KeyOutcome.Blocking, null, null)]
    [InlineData("kubernetes.taskmanager.cpu.limit-factor", "1.0", KeyOutcome.DroppedSafe, null, null)]
    [InlineData("kubernetes.taskmanager.memory.limit-factor", "1.5", KeyOutcome.SemanticChange, null, null)]
    [InlineData("kubernetes.jobmanager.node-selector", "disk:ssd", KeyOutcome.Mapped, "Zone", "ssd")]
    [InlineData("kubernetes.jobmanager.node-selector", "disk:tape", KeyOutcome.Blocking, null, null)]
    [InlineData("kubernetes.taskmanager.node-selector", "disk:ssd", KeyOutcome.Mapped, "yarn.taskmanager.node-label", "ssd")]
    [InlineData("kubernetes.taskmanager.tolerations", "key:gpu,operator:Exists", KeyOutcome.DroppedSafe, null, null)]
    [InlineData("kubernetes.jobmanager.labels", "team:Ads,yarn-tag-0:x", KeyOutcome.Mapped, "yarn.tags", "team=ads,x")]
    [InlineData("kubernetes.jobmanager.labels", "kueue.x-k8s.io/queue-name:q", KeyOutcome.DroppedSafe, null, null)]
    [InlineData("kubernetes.jobmanager.annotations", "note:hello", KeyOutcome.DroppedSafe, null, null)]
    [InlineData("kubernetes.taskmanager.annotations", "yarn-tag-0:'cost:7'", KeyOutcome.Mapped, "yarn.tags", "cost:7")]
    [InlineData("kubernetes.container.image", "registry/flink:1.20", KeyOutcome.Blocking, null, null)]
    [InlineData("kubernetes.container.image.ref", "registry/flink:1.20", KeyOutcome.DroppedSafe, null, null)]
    [InlineData("kubernetes.container.image.pull-policy", "Always", KeyOutcome.DroppedSafe, null, null)]
    [InlineData("kubernetes.pod-template-file", "/tmp/pod.yaml", KeyOutcome.NeedsInput, null, null)]
    [InlineData("kubernetes.pod-template-file.taskmanager", "/tmp/pod.yaml", KeyOutcome.NeedsInput, null, null)]
    [InlineData("kubernetes.secrets", "keys:/opt/keys", KeyOutcome.NeedsInput, null, null)]
    [InlineData("kubernetes.env.secretKeyRef", "env:A,name:b,key:c", KeyOutcome.NeedsInput, null, null)]
    [InlineData("kubernetes.service-account", "flink", KeyOutcome.DroppedSafe, null, null)]
    [InlineData("kubernetes.jobmanager.replicas", "1", KeyOutcome.DroppedSafe, null, null)]
    [InlineData("kubernetes.jobmanager.replicas", "2", KeyOutcome.SemanticChange, null, null)]
    [InlineData("kubernetes.hostnetwork.enabled", "false", KeyOutcome.SemanticChange, null, null)]
    [InlineData("kubernetes.hadoop.conf.config-map.name", "hadoop-conf", KeyOutcome.DroppedSafe, null, null)]
    [InlineData("kubernetes.flink.log.dir", "/logs", KeyOutcome.DroppedSafe, null, null)]
    [InlineData("kubernetes.rest-service.exposed.type", "NodePort", KeyOutcome.DroppedSafe, null, null)]
    [InlineData("kubernetes.of-the-house", "1", KeyOutcome.SemanticChange, null, null)]
    [InlineData("user.artifacts.artifact-list", "s3://jobs/extra.conf", KeyOutcome.Mapped, "Files", "1 files")]
    [InlineData("user.artifacts.artifact-list", "s3://jobs/other.conf", KeyOutcome.NeedsInput, null, null)]
    [InlineData("user.artifacts.base-dir", "/opt/flink/artifacts", KeyOutcome.DroppedSafe, null, null)]
    [InlineData("external-resource.gpu.kubernetes.config-key", "nvidia.com/gpu", KeyOutcome.Mapped, "external-resource.gpu.yarn.config-key", "yarn.io/gpu")]
    [InlineData("high-availability.type", "kubernetes", KeyOutcome.Mapped, "high-availability.type", "zookeeper")]
    [InlineData("high-availability.storageDir", "hdfs://ns1/ha", KeyOutcome.Mapped, "high-availability.storageDir", "hdfs://ns1/ha/yarn")]
    [InlineData("high-availability.cluster-id", "ads-clicks-e3", KeyOutcome.SemanticChange, null, null)]
    [InlineData("high-availability.kubernetes.leader-election.lease-duration", "15s", KeyOutcome.DroppedSafe, null, null)]
    [InlineData("io.tmp.dirs", "/flink-local", KeyOutcome.DroppedSafe, null, null)]
    [InlineData("yarn.tags", "a", KeyOutcome.SemanticChange, "yarn.tags", "a")]
    [InlineData("yarn.application.queue", "root.x", KeyOutcome.DroppedSafe, null, null)]
    [InlineData("containerized.master.env.GREETING", "say \"hi\"", KeyOutcome.Blocking, null, null)]
    [InlineData("rest.port", "8081", KeyOutcome.DroppedSafe, null, null)]
    [InlineData("state.checkpoints.dir", "hdfs://ns1/chk", KeyOutcome.Mapped, "execution.checkpointing.dir", "hdfs://ns1/chk")]
    public void ToYarn_Row_HasItsOutcome(string key, string value, KeyOutcome outcome, string? newKey, string? newText)
    {
        var job = Jobs.OnKubernetes((key, value));

        Check(key == "kubernetes.container.image" ? job with { Libraries = [] } : job, key, outcome, newKey, newText);
    }

    [Fact]
    public void Rows_AllHaveSaidTheirOutcomes()
    {
        foreach (var row in MappingTable.ToKubernetes.Rows.Concat(MappingTable.ToYarn.Rows))
        {
            Assert.NotEmpty(row.Outcomes);
            Assert.DoesNotContain(KeyOutcome.Unknown, row.Outcomes);
        }
    }

    private static void Check(SourceJob job, string key, KeyOutcome outcome, string? newKey, string? newText)
    {
        var result = Jobs.Translate(job);
        var entry = Assert.Single(result.Report.Entries, e => e.Key == key);

        Assert.Equal(outcome, entry.Outcome);
        Assert.Contains(outcome, (job.Backend == BackendKind.Yarn ? MappingTable.ToKubernetes : MappingTable.ToYarn).RowOf(FlinkKeyAliases.Canonical(key)).Outcomes);
        Assert.Equal(newKey, entry.NewKeys.FirstOrDefault());
        Assert.Equal(newText, entry.NewText?.Split("; ")[0]);
        Assert.NotEmpty(entry.Reason);
        Assert.Equal(outcome is KeyOutcome.Blocking or KeyOutcome.NeedsInput, result is TranslationResult.Blocked);
        if (result is TranslationResult.Blocked blocked)
        {
            Assert.Contains(blocked.Blockers, b => b.Field == $"Configuration[{key}]");
        }
    }
}
