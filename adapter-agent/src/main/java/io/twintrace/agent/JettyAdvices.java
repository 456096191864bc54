package io.twintrace.agent;

import io.twintrace.agent.dispatch.TwintraceDispatch;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/** Like {@link Advices}, for the methods of Jetty's own sessions. */
final class JettyAdvices {
    private JettyAdvices() {}

    static final class SendText {
        @Advice.OnMethodEnter
        static void enter(@Advice.This Object session) {
            TwintraceDispatch.enterQueue(session, true);
        }
    }

    static final class SendBinary {
        @Advice.OnMethodEnter
        static void enter(@Advice.This Object session) {
            TwintraceDispatch.enterQueue(session, false);
        }
    }

    static final class SendPartialText {
        @SuppressWarnings("UnusedAssignment") // becomes what the method uses
        @Advice.OnMethodEnter
        static Object enter(
                @Advice.This Object session,
                @Advice.Argument(1) boolean isLast,
                @Advice.Argument(value = 2, readOnly = false, typing = Assigner.Typing.DYNAMIC) Object callback) {
            Object token = TwintraceDispatch.enterQueuePart(session, true, isLast, callback);
            callback = TwintraceDispatch.queueCallback(token, session, callback);
            return token;
        }

        @Advice.OnMethodExit(onThrowable = Throwable.class)
        static void leave(@Advice.Enter Object token, @Advice.Thrown Throwable thrown) {
            TwintraceDispatch.leaveQueuePart(token, thrown);
        }
    }

    static final class SendPartialBinary {
        @SuppressWarnings("UnusedAssignment") // becomes what the method uses
        @Advice.OnMethodEnter
        static Object enter(
                @Advice.This Object session,
                @Advice.Argument(1) boolean isLast,
                @Advice.Argument(value = 2, readOnly = false, typing = Assigner.Typing.DYNAMIC) Object callback) {
            Object token = TwintraceDispatch.enterQueuePart(session, false, isLast, callback);
            callback = TwintraceDispatch.queueCallback(token, session, callback);
            return token;
        }

        @Advice.OnMethodExit(onThrowable = Throwable.class)
        static void leave(@Advice.Enter Object token, @Advice.Thrown Throwable thrown) {
            TwintraceDispatch.leaveQueuePart(token, thrown);
        }
    }
}
