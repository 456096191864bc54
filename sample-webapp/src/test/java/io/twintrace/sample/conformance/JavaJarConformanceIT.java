package io.twintrace.sample.conformance;

import io.twintrace.sample.it.SampleServer;
import io.twintrace.sample.it.Servers;

/** {@code java -jar sample-webapp.war --deflate}. */
class JavaJarConformanceIT extends ConformanceSuite {
    @Override
    SampleServer start() throws Exception {
        return Servers.javaJar("java-jar-conformance", Servers.WAR, "--deflate");
    }

    @Override
    String name() {
        return "java -jar";
    }

    @Override
    String path() {
        return "/echo";
    }
}
