package io.twintrace.sample.it;

/** {@code java -jar sample-webapp.war}, by listeners. */
class JavaJarPushIT extends PushSuite {
    @Override
    SampleServer start() throws Exception {
        return Servers.javaJar("java-jar", Servers.WAR);
    }
}
