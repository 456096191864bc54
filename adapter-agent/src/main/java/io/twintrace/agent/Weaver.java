package io.twintrace.agent;

import static net.bytebuddy.matcher.ElementMatchers.isAbstract;
import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.not;
import static net.bytebuddy.matcher.ElementMatchers.returns;
import static net.bytebuddy.matcher.ElementMatchers.takesArgument;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import io.twintrace.agent.Engines.Role;
import java.io.OutputStream;
import java.io.Writer;
import java.nio.ByteBuffer;
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
        if (roles.contains(Role.BASIC)) {
            builder = builder.visit(advice(Advices.SendText.class, sends("sendText", String.class)))
                    .visit(advice(Advices.SendPartOfText.class, sends("sendText", String.class, boolean.class)))
                    .visit(advice(Advices.SendBinary.class, sends("sendBinary", ByteBuffer.class)))
                    .visit(advice(Advices.SendPartOfBinary.class, sends("sendBinary", ByteBuffer.class, boolean.class)))
                    .visit(advice(Advices.SendObject.class, sends("sendObject", Object.class)))
                    .visit(advice(Advices.GetSendStream.class, opens("getSendStream", OutputStream.class)))
                    .visit(advice(Advices.GetSendWriter.class, opens("getSendWriter", Writer.class)));
        }
        if (roles.contains(Role.ASYNC)) {
            builder = builder.visit(advice(AsyncAdvices.SendText.class, begins("sendText", String.class)))
                    .visit(advice(AsyncAdvices.SendBinary.class, begins("sendBinary", ByteBuffer.class)))
                    .visit(advice(AsyncAdvices.SendObject.class, begins("sendObject", Object.class)))
                    .visit(advice(AsyncAdvices.SendTextAndTell.class, tells("sendText", String.class)))
                    .visit(advice(AsyncAdvices.SendBinaryAndTell.class, tells("sendBinary", ByteBuffer.class)))
                    .visit(advice(AsyncAdvices.SendObjectAndTell.class, tells("sendObject", Object.class)));
        }
        if (roles.contains(Role.SESSION)) {
            builder = builder.visit(advice(
                    Advices.GetRemote.class,
                    ElementMatchers.<MethodDescription>namedOneOf("getBasicRemote", "getAsyncRemote")
                            .and(takesArguments(0))
                            .and(not(isAbstract()))));
        }
        if (roles.contains(Role.JETTY)) {
            builder = builder.visit(advice(JettyAdvices.SendText.class, queues("sendText", String.class)))
                    .visit(advice(JettyAdvices.SendBinary.class, queues("sendBinary", ByteBuffer.class)))
                    .visit(advice(
                            JettyAdvices.SendPartialText.class, queues("sendPartialText", String.class, boolean.class)))
                    .visit(advice(
                            JettyAdvices.SendPartialBinary.class,
                            queues("sendPartialBinary", ByteBuffer.class, boolean.class)));
        }
        return builder.make().getBytes();
    }

    private static AsmVisitorWrapper advice(Class<?> advice, ElementMatcher<? super MethodDescription> methods) {
        return Advice.to(advice, OWN).on(methods);
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

    private static ElementMatcher<MethodDescription> opens(String name, Class<?> opened) {
        return method(name, opened);
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
