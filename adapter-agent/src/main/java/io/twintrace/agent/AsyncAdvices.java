package io.twintrace.agent;

import io.twintrace.agent.Advices.Called;
import io.twintrace.agent.dispatch.TwintraceDispatch;
import java.util.concurrent.Future;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/** {@link Advices} for asynchronous sends, each of which lasts until a future is done or a handler is told. */
final class AsyncAdvices {
    private AsyncAdvices() {}

    static final class Send {
        @Advice.OnMethodEnter
        static Object enter(@Advice.This Object remote, @Called int called) {
            return TwintraceDispatch.enterAsync(remote, called);
        }

        @Advice.OnMethodExit(onThrowable = Throwable.class)
        static void leave(
                @Advice.Enter Object token, @Advice.Return Future<?> result, @Advice.Thrown Throwable thrown) {
            TwintraceDispatch.leaveAsync(token, result, thrown);
        }
    }

    static final class SendAndTell {
        @SuppressWarnings("UnusedAssignment") // becomes what the engine gets
        @Advice.OnMethodEnter
        static Object enter(
                @Advice.This Object remote,
                @Called int called,
                @Advice.Argument(value = 1, readOnly = false, typing = Assigner.Typing.DYNAMIC) Object handler) {
            Object token = TwintraceDispatch.enterAsync(remote, called);
            handler = TwintraceDispatch.telling(token, remote, handler);
            return token;
        }

        @Advice.OnMethodExit(onThrowable = Throwable.class)
        static void leave(@Advice.Enter Object token, @Advice.Thrown Throwable thrown) {
            TwintraceDispatch.leaveAsync(token, thrown);
        }
    }
}
