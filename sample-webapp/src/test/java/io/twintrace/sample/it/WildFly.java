package io.twintrace.sample.it;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A stock WildFly in its standard configuration, with a base directory of its own, the WAR under its own name. It only
 * looks more often for what is to be redeployed.
 */
final class WildFly {
    private static final Path HOME = Path.of(System.getProperty("wildfly.home"));

    /** The listener's line, and then the one that says that everything has started, which comes with errors as well. */
    private static final Pattern PORT =
            Pattern.compile("(?s)WFLYUT0006: [^\\n]* HTTP listener default [^\\n]*:(\\d+)\\b.*WFLYSRV002[56]: ");

    /** The packages of the JDK that bin/common.sh opens and exports. */
    private static final List<String> JDK = List.of(
            "--add-exports=java.desktop/sun.awt=ALL-UNNAMED",
            "--add-exports=java.naming/com.sun.jndi.ldap=ALL-UNNAMED",
            "--add-exports=java.naming/com.sun.jndi.url.ldap=ALL-UNNAMED",
            "--add-exports=java.naming/com.sun.jndi.url.ldaps=ALL-UNNAMED",
            "--add-exports=jdk.naming.dns/com.sun.jndi.dns=ALL-UNNAMED",
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "--add-opens=java.base/java.lang.invoke=ALL-UNNAMED",
            "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
            "--add-opens=java.base/java.io=ALL-UNNAMED",
            "--add-opens=java.base/java.net=ALL-UNNAMED",
            "--add-opens=java.base/java.security=ALL-UNNAMED",
            "--add-opens=java.base/java.util=ALL-UNNAMED",
            "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
            "--add-opens=java.management/javax.management=ALL-UNNAMED",
            "--add-opens=java.naming/javax.naming=ALL-UNNAMED");

    private WildFly() {}

    static SampleServer start(String name, Path war) throws Exception {
        Path base = Servers.directory(name);
        Servers.copy(HOME.resolve("standalone/configuration"), base.resolve("configuration"));
        Path standaloneXml = base.resolve("configuration/standalone.xml");
        Files.writeString(
                standaloneXml,
                Files.readString(standaloneXml).replace("scan-interval=\"5000\"", "scan-interval=\"300\""));
        Files.createDirectory(base.resolve("deployments"));
        Files.copy(war, base.resolve("deployments/sample-webapp.war"));
        return SampleServer.await(
                name,
                ServerProcess.start(base, Map.of(), command(base)),
                PORT,
                "/sample-webapp",
                () -> ServerProcess.readAll(base.resolve("log")));
    }

    /** What bin/standalone.sh runs. The shell itself would stay in between, and pass no signal on. */
    private static List<String> command(Path base) {
        List<String> command = new ArrayList<>(List.of(
                ServerProcess.java(),
                Servers.HEAP,
                "-Djava.awt.headless=true",
                "-Djboss.modules.system.pkgs=org.jboss.byteman"));
        command.addAll(JDK);
        command.addAll(List.of(
                "-Dorg.jboss.boot.log.file=" + base.resolve("log/server.log"),
                "-Dlogging.configuration=file:" + base.resolve("configuration/logging.properties"),
                "-jar",
                HOME.resolve("jboss-modules.jar").toString(),
                "-mp",
                HOME.resolve("modules").toString(),
                "org.jboss.as.standalone",
                "-Djboss.home.dir=" + HOME,
                "-Djboss.server.base.dir=" + base,
                "-Djboss.http.port=0",
                "-Djboss.https.port=0",
                "-Djboss.management.http.port=0",
                "-Djboss.management.https.port=0"));
        return command;
    }
}
