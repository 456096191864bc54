package io.twintrace.sample.it;

/** {@code java -jar sample-webapp.war}. */
class JavaJarIT extends SampleSuite {
    @Override
    SampleServer start() throws Exception {
        return Servers.javaJar("java-jar", Servers.WAR);
    }
}
