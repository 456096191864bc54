package io.twintrace.agent;

import io.twintrace.agent.Advices.OfText;
import io.twintrace.agent.dispatch.TwintraceDispatch;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/** Like {@link Advices}, for the methods of Jetty's own sessions. */
final class JettyAdvices {
    private JettyAdvices() {}

    static final class Send {
        @Advice.OnMethodEnter
        static void enter(@Advice.This Object session, @OfText boolean isText) {
            TwintraceDispatch.enterQueue(session, isText);
        }
    }

    static final class SendPart {
        @SuppressWarnings("UnusedAssignment") // becomes what the method uses
        @Advice.OnMethodEnter
        static Object enter(
                @Advice.This Object session,
                @OfText boolean isText,
                @Advice.Argument(1) boolean isLast,
                @Advice.Argument(value = 2, readOnly = false, typing = Assigner.Typing.DYNAMIC) Object callback) {
            Object token = TwintraceDispatch.enterQueuePart(session, isText, isLast, callback);
            callback = TwintraceDispatch.queueCallback(token, session, callback);
            return token;
        }

        @Advice.OnMethodExit(onThrowable = Throwable.class)
        static void leave(@Advice.Enter Object token, @Advice.Thrown Throwable thrown) {
            TwintraceDispatch.leaveQueuePart(token, thrown);
        }
    }
}
