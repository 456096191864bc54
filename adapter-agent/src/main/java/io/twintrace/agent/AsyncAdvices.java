package io.twintrace.agent;

import io.twintrace.agent.dispatch.TwintraceDispatch;
import java.util.concurrent.Future;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/** {@link Advices} for asynchronous sends, each of which lasts until a future is done or a handler is told. */
final class AsyncAdvices {
    private AsyncAdvices() {}

    static final class SendText {
        @Advice.OnMethodEnter
        static Object enter(@Advice.This Object remote) {
            return TwintraceDispatch.enterAsync(remote, TwintraceDispatch.SEND_TEXT);
        }

        @Advice.OnMethodExit(onThrowable = Throwable.class)
        static void leave(
                @Advice.Enter Object token, @Advice.Return Future<?> result, @Advice.Thrown Throwable thrown) {
            TwintraceDispatch.leaveAsync(token, result, thrown);
        }
    }

    static final class SendBinary {
        @Advice.OnMethodEnter
        static Object enter(@Advice.This Object remote) {
            return TwintraceDispatch.enterAsync(remote, TwintraceDispatch.SEND_BINARY);
        }

        @Advice.OnMethodExit(onThrowable = Throwable.class)
        static void leave(
                @Advice.Enter Object token, @Advice.Return Future<?> result, @Advice.Thrown Throwable thrown) {
            TwintraceDispatch.leaveAsync(token, result, thrown);
        }
    }

    static final class SendObject {
        @Advice.OnMethodEnter
        static Object enter(@Advice.This Object remote) {
            return TwintraceDispatch.enterAsync(remote, TwintraceDispatch.SEND_OBJECT);
        }

        @Advice.OnMethodExit(onThrowable = Throwable.class)
        static void leave(
                @Advice.Enter Object token, @Advice.Return Future<?> result, @Advice.Thrown Throwable thrown) {
            TwintraceDispatch.leaveAsync(token, result, thrown);
        }
    }

    static final class SendTextAndTell {
        @SuppressWarnings("UnusedAssignment") // becomes what the engine gets
        @Advice.OnMethodEnter
        static Object enter(
                @Advice.This Object remote,
                @Advice.Argument(value = 1, readOnly = false, typing = Assigner.Typing.DYNAMIC) Object handler) {
            Object token = TwintraceDispatch.enterAsync(remote, TwintraceDispatch.SEND_TEXT);
            handler = TwintraceDispatch.telling(token, remote, handler);
            return token;
        }

        @Advice.OnMethodExit(onThrowable = Throwable.class)
        static void leave(@Advice.Enter Object token, @Advice.Thrown Throwable thrown) {
            TwintraceDispatch.leaveAsync(token, thrown);
        }
    }

    static final class SendBinaryAndTell {
        @SuppressWarnings("UnusedAssignment") // becomes what the engine gets
        @Advice.OnMethodEnter
        static Object enter(
                @Advice.This Object remote,
                @Advice.Argument(value = 1, readOnly = false, typing = Assigner.Typing.DYNAMIC) Object handler) {
            Object token = TwintraceDispatch.enterAsync(remote, TwintraceDispatch.SEND_BINARY);
            handler = TwintraceDispatch.telling(token, remote, handler);
            return token;
        }

        @Advice.OnMethodExit(onThrowable = Throwable.class)
        static void leave(@Advice.Enter Object token, @Advice.Thrown Throwable thrown) {
            TwintraceDispatch.leaveAsync(token, thrown);
        }
    }

    static final class SendObjectAndTell {
        @SuppressWarnings("UnusedAssignment") // becomes what the engine gets
        @Advice.OnMethodEnter
        static Object enter(
                @Advice.This Object remote,
                @Advice.Argument(value = 1, readOnly = false, typing = Assigner.Typing.DYNAMIC) Object handler) {
            Object token = TwintraceDispatch.enterAsync(remote, TwintraceDispatch.SEND_OBJECT);
            handler = TwintraceDispatch.telling(token, remote, handler);
            return token;
        }

        @Advice.OnMethodExit(onThrowable = Throwable.class)
        static void leave(@Advice.Enter Object token, @Advice.Thrown Throwable thrown) {
            TwintraceDispatch.leaveAsync(token, thrown);
        }
    }
}
