import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.util.Arrays;
import java.util.UUID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;
import org.apache.flink.core.fs.UnsupportedFileSystemSchemeException;
import org.apache.flink.core.plugin.PluginUtils;
import org.apache.flink.runtime.security.SecurityConfiguration;
import org.apache.flink.runtime.security.SecurityUtils;

/**
 * Tries a directory of snapshots as a job would: with Flink's own file systems and plugins, Flink's configuration, and the login that Flink makes
 * from it. Compiled for Java 8 against Flink's dist jar (docs/testing.md says how); the class beside this file is what the backends carry.
 *
 * <p>Arguments: configuration directory, URI of the directory. Exit codes: 0, or 10 and the number of the step that failed. What was seen goes to
 * stderr, and to the file that PROBE_RESULT names.
 */
public final class DirectoryProbe {
    private static final int CONNECT = 1, LIST = 2, WRITE = 3, READ = 4, DELETE = 5;
    private static final int TIMEOUT = 10_000;
    private static final int LIMIT = 100_000;
    private static int step = CONNECT;

    public static void main(String[] args) {
        try {
            Thread watchdog = new Thread(DirectoryProbe::giveUp, "watchdog");
            watchdog.setDaemon(true);
            watchdog.start();
            Configuration configuration = GlobalConfiguration.loadConfiguration(args[0]);
            SecurityUtils.install(new SecurityConfiguration(configuration));
            FileSystem.initialize(configuration, PluginUtils.createPluginManagerFromRootFolder(configuration));
            String seen = SecurityUtils.getInstalledContext().runSecured(() -> tryOut(new Path(args[1])));
            end(0, seen);
        } catch (Throwable failure) {
            end(10 + stepOf(failure), words(failure));
        }
    }

    private static String tryOut(Path directory) throws Exception {
        FileSystem files = FileSystem.get(directory.toUri());
        boolean exists = files.exists(directory);
        step = LIST;
        if (exists) {
            files.listStatus(directory);
        } else if (!files.mkdirs(directory)) {
            throw new IOException("The directory is not there and can't be created.");
        }
        int nodes = tryDataNodes(files);
        Path file = new Path(directory, ".probe-" + UUID.randomUUID());
        byte[] written = file.toString().getBytes(StandardCharsets.UTF_8);
        try {
            step = WRITE;
            try (OutputStream out = files.create(file, FileSystem.WriteMode.NO_OVERWRITE)) {
                out.write(written);
            }
            step = READ;
            byte[] read = new byte[written.length];
            try (InputStream in = files.open(file)) {
                for (int at = 0, got; at < read.length && (got = in.read(read, at, read.length - at)) >= 0; at += got) { }
            }
            if (!Arrays.equals(written, read)) {
                throw new IOException("What was read back is not what was written.");
            }
        } finally {
            int failed = step;
            step = DELETE;
            boolean gone = delete(files, file, failed == READ);
            step = gone || failed != READ ? failed : DELETE;
        }
        step = DELETE;
        if (files.exists(file)) {
            throw new IOException("The file that was deleted is still there.");
        }
        return (exists ? "listed" : "created") + ", written, read back and deleted" + (nodes > 0 ? "; " + nodes + " data nodes answer" : "");
    }

    private static boolean delete(FileSystem files, Path file, boolean mustWork) throws IOException {
        try {
            return files.delete(file, false);
        } catch (IOException exception) {
            if (mustWork) {
                throw exception;
            }
            return false;
        }
    }

    /** A name service hands out the addresses of data nodes: each has to be reached from here, not only the one of a small file. */
    private static int tryDataNodes(FileSystem files) throws IOException {
        Object[] nodes;
        try {
            Object hadoop = files.getClass().getMethod("getHadoopFileSystem").invoke(files);
            nodes = (Object[]) hadoop.getClass().getMethod("getDataNodeStats").invoke(hadoop);
        } catch (ReflectiveOperationException | RuntimeException notHdfs) {
            return 0; // another file system, or no right to ask: the file decides
        }
        step = CONNECT;
        for (Object node : nodes) {
            String address = "";
            try (Socket socket = new Socket()) {
                address = (String) call(node, "getXferAddr");
                int port = (Integer) call(node, "getXferPort");
                socket.connect(new InetSocketAddress(address.substring(0, address.lastIndexOf(':')), port), TIMEOUT);
            } catch (IOException | ReflectiveOperationException exception) {
                throw new IOException("The data node " + address + " can't be reached: " + exception.getMessage(), exception);
            }
        }
        step = LIST;
        return nodes.length;
    }

    private static Object call(Object of, String name) throws ReflectiveOperationException {
        Method method = of.getClass().getMethod(name);
        return method.invoke(of);
    }

    private static int stepOf(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectException || cause instanceof UnknownHostException || cause instanceof NoRouteToHostException
                    || cause instanceof SocketTimeoutException || cause instanceof UnsupportedFileSystemSchemeException) {
                return CONNECT;
            }
        }
        return step;
    }

    private static String words(Throwable failure) {
        StringBuilder text = new StringBuilder();
        for (Throwable cause = failure; cause != null && text.length() < 600; cause = cause.getCause()) {
            if (cause instanceof InvocationTargetException || cause instanceof java.lang.reflect.UndeclaredThrowableException) {
                continue;
            }
            String message = String.valueOf(cause.getMessage());
            int line = message.indexOf('\n');
            text.append(text.length() == 0 ? "" : "; caused by ").append(cause.getClass().getSimpleName()).append(": ").append(line < 0 ? message : message.substring(0, line));
        }
        return text.toString();
    }

    /** Hadoop's clients try for minutes; a probe that lasts longer says so. */
    private static void giveUp() {
        try {
            Thread.sleep(LIMIT);
        } catch (InterruptedException ignored) {
            return;
        }
        end(10 + step, "no end after " + LIMIT / 1000 + " s");
    }

    private static synchronized void end(int code, String seen) {
        String user = System.getenv("HADOOP_USER_NAME") == null ? System.getProperty("user.name") : System.getenv("HADOOP_USER_NAME");
        String text = "as " + user + ": " + seen;
        System.err.println("directory-probe: " + text);
        String file = System.getenv("PROBE_RESULT");
        try {
            if (file != null) {
                Files.write(Paths.get(file), text.getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException ignored) {
            // stderr has it
        }
        Runtime.getRuntime().halt(code);
    }
}
