package io.twintrace.websocket.benchmarks.endtoend.server;

import io.twintrace.websocket.WebSocketOptions;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;

/** Twintrace on Tomcat, with what the Servlet specification offers. */
record TwintraceOnTomcat(TwintraceFace face) implements TestServer {
    /** Takes the message limit and a face. */
    public static void main(String[] args) throws Exception {
        ServerProcess.run(args[0], new TwintraceOnTomcat(TwintraceFace.valueOf(args[1])));
    }

    @Override
    public int start(int messageLimit) throws Exception {
        return TomcatConnector.start(context -> addServlets(context, TwintraceFace.options(messageLimit)));
    }

    private void addServlets(Context context, WebSocketOptions options) {
        Tomcat.addServlet(context, "echo", face.echo(options)).setLoadOnStartup(1);
        Tomcat.addServlet(context, "broadcast", face.broadcast(options)).setLoadOnStartup(1);
        context.addServletMappingDecoded("/echo", "echo");
        context.addServletMappingDecoded("/broadcast", "broadcast");
    }
}
