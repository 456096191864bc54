package io.twintrace.sample.it;

import java.nio.file.Path;

/**
 * The servers that the sample's WAR is tried on. Jetty has its module "graceful": without it the stop timeout is zero,
 * and Jetty cuts all connections at once.
 */
enum Container {
    JAVA_JAR {
        @Override
        SampleServer start(String name, Path war) throws Exception {
            return Servers.javaJar("java-jar-" + name, war);
        }
    },
    JETTY_HOME {
        @Override
        SampleServer start(String name, Path war) throws Exception {
            return Servers.jettyHome("jetty-home-" + name, war, "http,ee10-deploy,ee10-annotations,graceful");
        }
    },
    JETTY_HOME_EE11 {
        @Override
        SampleServer start(String name, Path war) throws Exception {
            return Servers.jettyHome("jetty-home-ee11-" + name, war, "http,ee11-deploy,ee11-annotations,graceful");
        }
    },
    TOMCAT {
        @Override
        SampleServer start(String name, Path war) throws Exception {
            return Servers.tomcat("tomcat-" + name, war);
        }
    },
    TOMCAT_10 {
        @Override
        SampleServer start(String name, Path war) throws Exception {
            return Servers.tomcat10("tomcat10-" + name, war);
        }
    },
    UNDERTOW {
        @Override
        SampleServer start(String name, Path war) throws Exception {
            return Servers.undertow("undertow-" + name, war);
        }
    },
    WILDFLY {
        @Override
        SampleServer start(String name, Path war) throws Exception {
            return Servers.wildFly("wildfly-" + name, war);
        }
    };

    /** Starts the server with the WAR; {@code name} becomes a part of its directory's name. */
    abstract SampleServer start(String name, Path war) throws Exception;
}
