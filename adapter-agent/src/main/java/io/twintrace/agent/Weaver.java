package io.twintrace.agent;

import static io.twintrace.agent.dispatch.TwintraceDispatch.SEND_BINARY;
import static io.twintrace.agent.dispatch.TwintraceDispatch.SEND_OBJECT;
import static io.twintrace.agent.dispatch.TwintraceDispatch.SEND_PING;
import static io.twintrace.agent.dispatch.TwintraceDispatch.SEND_PONG;
import static io.twintrace.agent.dispatch.TwintraceDispatch.SEND_TEXT;
import static net.bytebuddy.matcher.ElementMatchers.isAbstract;
import static net.bytebuddy.matcher.ElementMatchers.isStatic;
import static net.bytebuddy.matcher.ElementMatchers.nameContains;
import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.not;
import static net.bytebuddy.matcher.ElementMatchers.returns;
import static net.bytebuddy.matcher.ElementMatchers.takesArgument;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import io.twintrace.agent.Engines.Role;
import java.io.OutputStream;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.AsmVisitorWrapper;
import net.bytebuddy.description.method.MethodDescription;
import net.bytebuddy.description.type.TypeDescription;
import net.bytebuddy.dynamic.ClassFileLocator;
import net.bytebuddy.dynamic.DynamicType;
import net.bytebuddy.dynamic.scaffold.MethodGraph;
import net.bytebuddy.dynamic.scaffold.TypeValidation;
import net.bytebuddy.implementation.Implementation;
import net.bytebuddy.matcher.ElementMatcher;
import net.bytebuddy.matcher.ElementMatchers;
import net.bytebuddy.pool.TypePool;

/** Puts the calls of the dispatch into the methods of an engine's class. Adds no member, so that it works at any time. */
final class Weaver {
    private static final ByteBuddy BYTE_BUDDY = new ByteBuddy()
            .with(TypeValidation.DISABLED)
            .with(Implementation.Context.Disabled.Factory.INSTANCE)
            .with(MethodGraph.Compiler.ForDeclaredMethods.INSTANCE);

    private static final ClassFileLocator OWN = ClassFileLocator.ForClassLoader.of(Weaver.class.getClassLoader());

    private Weaver() {}

    static byte[] weave(String name, Set<Role> roles, ClassLoader loader, byte[] classFile) {
        ClassFileLocator locator = new ClassFileLocator.Compound(
                ClassFileLocator.Simple.of(name, classFile), ClassFileLocator.ForClassLoader.of(loader), OWN);
        TypeDescription type = TypePool.Default.of(locator).describe(name).resolve();
        DynamicType.Builder<?> builder = BYTE_BUDDY.decorate(type, locator);
        for (Role role : roles) {
            for (AsmVisitorWrapper each : advices(role)) {
                builder = builder.visit(each);
            }
        }
        return builder.make().getBytes();
    }

    private static List<AsmVisitorWrapper> advices(Role role) {
        return switch (role) {
            case BASIC ->
                List.of(
                        called(Advices.Send.class, SEND_TEXT, sends("sendText", String.class)),
                        called(Advices.Send.class, SEND_BINARY, sends("sendBinary", ByteBuffer.class)),
                        called(Advices.Send.class, SEND_OBJECT, sends("sendObject", Object.class)),
                        ofText(Advices.SendPart.class, true, sends("sendText", String.class, boolean.class)),
                        ofText(Advices.SendPart.class, false, sends("sendBinary", ByteBuffer.class, boolean.class)),
                        Advice.to(Advices.GetSendStream.class, OWN).on(method("getSendStream", OutputStream.class)),
                        Advice.to(Advices.GetSendWriter.class, OWN).on(method("getSendWriter", Writer.class)));
            case ASYNC ->
                List.of(
                        called(AsyncAdvices.Send.class, SEND_TEXT, begins("sendText", String.class)),
                        called(AsyncAdvices.Send.class, SEND_BINARY, begins("sendBinary", ByteBuffer.class)),
                        called(AsyncAdvices.Send.class, SEND_OBJECT, begins("sendObject", Object.class)),
                        called(AsyncAdvices.SendAndTell.class, SEND_TEXT, tells("sendText", String.class)),
                        called(AsyncAdvices.SendAndTell.class, SEND_BINARY, tells("sendBinary", ByteBuffer.class)),
                        called(AsyncAdvices.SendAndTell.class, SEND_OBJECT, tells("sendObject", Object.class)));
            case PINGS ->
                List.of(
                        called(Advices.SendControl.class, SEND_PING, sends("sendPing", ByteBuffer.class)),
                        called(Advices.SendControl.class, SEND_PONG, sends("sendPong", ByteBuffer.class)));
            case SESSION ->
                List.of(
                        Advice.to(Advices.GetRemote.class, OWN).on(givesRemote()),
                        Advice.to(Advices.Close.class, OWN).on(method("close", void.class)),
                        Advice.to(Advices.Close.class, OWN).on(closesWithReason()));
            case JETTY ->
                List.of(
                        ofText(JettyAdvices.Send.class, true, queues("sendText", String.class)),
                        ofText(JettyAdvices.Send.class, false, queues("sendBinary", ByteBuffer.class)),
                        ofText(
                                JettyAdvices.SendPart.class,
                                true,
                                queues("sendPartialText", String.class, boolean.class)),
                        ofText(
                                JettyAdvices.SendPart.class,
                                false,
                                queues("sendPartialBinary", ByteBuffer.class, boolean.class)));
        };
    }

    private static AsmVisitorWrapper called(
            Class<?> advice, int method, ElementMatcher<? super MethodDescription> methods) {
        return Advice.withCustomMapping()
                .bind(Advices.Called.class, method)
                .to(advice, OWN)
                .on(methods);
    }

    private static AsmVisitorWrapper ofText(
            Class<?> advice, boolean isText, ElementMatcher<? super MethodDescription> methods) {
        return Advice.withCustomMapping()
                .bind(Advices.OfText.class, isText)
                .to(advice, OWN)
                .on(methods);
    }

    private static ElementMatcher<MethodDescription> givesRemote() {
        return ElementMatchers.<MethodDescription>namedOneOf("getBasicRemote", "getAsyncRemote")
                .and(takesArguments(0))
                .and(returns(nameContains("websocket.RemoteEndpoint$")))
                .and(not(isAbstract()))
                .and(not(isStatic()));
    }

    private static ElementMatcher<MethodDescription> closesWithReason() {
        return ElementMatchers.<MethodDescription>named("close")
                .and(returns(void.class))
                .and(takesArguments(1))
                .and(takesArgument(0, ElementMatchers.namedOneOf(Engines.CLOSE_REASONS)))
                .and(not(isAbstract()));
    }

    private static ElementMatcher<MethodDescription> sends(String name, Class<?>... arguments) {
        return method(name, void.class, arguments);
    }

    /** Matches a method of Jetty's own API, whose last argument is the callback. */
    private static ElementMatcher<MethodDescription> queues(String name, Class<?>... arguments) {
        ElementMatcher.Junction<MethodDescription> matcher = ElementMatchers.<MethodDescription>named(name)
                .and(returns(void.class))
                .and(takesArguments(arguments.length + 1))
                .and(takesArgument(arguments.length, named(JettySessions.CALLBACK)))
                .and(not(isAbstract()));
        for (int i = 0; i < arguments.length; i++) {
            matcher = matcher.and(takesArgument(i, arguments[i]));
        }
        return matcher;
    }

    private static ElementMatcher<MethodDescription> begins(String name, Class<?> argument) {
        return method(name, Future.class, argument);
    }

    /** The handler's class is one of the container's. */
    private static ElementMatcher<MethodDescription> tells(String name, Class<?> argument) {
        return ElementMatchers.<MethodDescription>named(name)
                .and(returns(void.class))
                .and(takesArguments(2))
                .and(takesArgument(0, argument))
                .and(takesArgument(1, ElementMatchers.namedOneOf(Engines.SEND_HANDLERS)))
                .and(not(isAbstract()));
    }

    private static ElementMatcher<MethodDescription> method(String name, Class<?> returned, Class<?>... arguments) {
        return ElementMatchers.<MethodDescription>named(name)
                .and(returns(returned))
                .and(takesArguments(arguments))
                .and(not(isAbstract()));
    }
}
