package io.twintrace.sample.conformance;

import io.twintrace.sample.it.SampleServer;
import io.twintrace.sample.it.Servers;

/** {@code java -jar sample-webapp.war}, by listeners. */
class JavaJarPushConformanceIT extends ConformanceSuite {
    @Override
    SampleServer start() throws Exception {
        return Servers.javaJar("java-jar-push-conformance", Servers.WAR);
    }

    @Override
    String name() {
        return "java -jar, push";
    }

    @Override
    String path() {
        return "/echo/push/deflate";
    }
}
