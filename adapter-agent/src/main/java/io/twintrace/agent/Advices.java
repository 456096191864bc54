package io.twintrace.agent;

import io.twintrace.agent.dispatch.TwintraceDispatch;
import java.io.OutputStream;
import java.io.Writer;
import net.bytebuddy.asm.Advice;

/**
 * The code that is put around the methods of engines. It is copied into their classes, and calls {@link Watch} by way of
 * the dispatch. These classes themselves are never used.
 */
final class Advices {
    private Advices() {}

    static final class SendText {
        @Advice.OnMethodEnter
        static Object enter(@Advice.This Object remote) {
            return TwintraceDispatch.enter(remote, TwintraceDispatch.SEND_TEXT);
        }

        @Advice.OnMethodExit(onThrowable = Throwable.class)
        static void leave(@Advice.Enter Object token, @Advice.Thrown Throwable thrown) {
            TwintraceDispatch.leave(token, TwintraceDispatch.SEND_TEXT, thrown);
        }
    }

    static final class SendBinary {
        @Advice.OnMethodEnter
        static Object enter(@Advice.This Object remote) {
            return TwintraceDispatch.enter(remote, TwintraceDispatch.SEND_BINARY);
        }

        @Advice.OnMethodExit(onThrowable = Throwable.class)
        static void leave(@Advice.Enter Object token, @Advice.Thrown Throwable thrown) {
            TwintraceDispatch.leave(token, TwintraceDispatch.SEND_BINARY, thrown);
        }
    }

    static final class SendObject {
        @Advice.OnMethodEnter
        static Object enter(@Advice.This Object remote) {
            return TwintraceDispatch.enter(remote, TwintraceDispatch.SEND_OBJECT);
        }

        @Advice.OnMethodExit(onThrowable = Throwable.class)
        static void leave(@Advice.Enter Object token, @Advice.Thrown Throwable thrown) {
            TwintraceDispatch.leave(token, TwintraceDispatch.SEND_OBJECT, thrown);
        }
    }

    static final class SendPartOfText {
        @Advice.OnMethodEnter
        static Object enter(@Advice.This Object remote) {
            return TwintraceDispatch.enterPart(remote, true);
        }

        @Advice.OnMethodExit(onThrowable = Throwable.class)
        static void leave(
                @Advice.Enter Object token, @Advice.Argument(1) boolean isLast, @Advice.Thrown Throwable thrown) {
            TwintraceDispatch.leavePart(token, true, isLast, thrown);
        }
    }

    static final class SendPartOfBinary {
        @Advice.OnMethodEnter
        static Object enter(@Advice.This Object remote) {
            return TwintraceDispatch.enterPart(remote, false);
        }

        @Advice.OnMethodExit(onThrowable = Throwable.class)
        static void leave(
                @Advice.Enter Object token, @Advice.Argument(1) boolean isLast, @Advice.Thrown Throwable thrown) {
            TwintraceDispatch.leavePart(token, false, isLast, thrown);
        }
    }

    static final class GetSendStream {
        @Advice.OnMethodEnter
        static Object enter(@Advice.This Object remote) {
            return TwintraceDispatch.enter(remote, TwintraceDispatch.GET_SEND_STREAM);
        }

        @SuppressWarnings("UnusedAssignment") // becomes what the method returns
        @Advice.OnMethodExit(onThrowable = Throwable.class)
        static void leave(
                @Advice.This Object remote,
                @Advice.Enter Object token,
                @Advice.Return(readOnly = false) OutputStream opened,
                @Advice.Thrown Throwable thrown) {
            opened = TwintraceDispatch.leaveOpening(token, remote, opened, thrown);
        }
    }

    static final class GetSendWriter {
        @Advice.OnMethodEnter
        static Object enter(@Advice.This Object remote) {
            return TwintraceDispatch.enter(remote, TwintraceDispatch.GET_SEND_WRITER);
        }

        @SuppressWarnings("UnusedAssignment") // becomes what the method returns
        @Advice.OnMethodExit(onThrowable = Throwable.class)
        static void leave(
                @Advice.This Object remote,
                @Advice.Enter Object token,
                @Advice.Return(readOnly = false) Writer opened,
                @Advice.Thrown Throwable thrown) {
            opened = TwintraceDispatch.leaveOpening(token, remote, opened, thrown);
        }
    }

    static final class GetRemote {
        @Advice.OnMethodExit
        static void leave(@Advice.This Object session, @Advice.Return Object remote) {
            TwintraceDispatch.remoteOf(session, remote);
        }
    }
}
