package io.twintrace.agent;

import io.twintrace.agent.dispatch.TwintraceDispatch;
import java.io.OutputStream;
import java.io.Writer;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import net.bytebuddy.asm.Advice;

/**
 * The code that is put around the methods of engines. It is copied into their classes, and calls {@link Watch} by way of
 * the dispatch. These classes themselves are never used.
 */
final class Advices {
    private Advices() {}

    /** Becomes the number that the dispatch gives the method. */
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.PARAMETER)
    @interface Called {}

    /** Becomes true in a method that sends text, and false in one that sends binary data. */
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.PARAMETER)
    @interface OfText {}

    static final class Send {
        @Advice.OnMethodEnter
        static Object enter(@Advice.This Object remote, @Called int called) {
            return TwintraceDispatch.enter(remote, called);
        }

        @Advice.OnMethodExit(onThrowable = Throwable.class)
        static void leave(@Advice.Enter Object token, @Called int called, @Advice.Thrown Throwable thrown) {
            TwintraceDispatch.leave(token, called, thrown);
        }
    }

    static final class SendPart {
        @Advice.OnMethodEnter
        static Object enter(@Advice.This Object remote, @OfText boolean isText) {
            return TwintraceDispatch.enterPart(remote, isText);
        }

        @Advice.OnMethodExit(onThrowable = Throwable.class)
        static void leave(
                @Advice.Enter Object token,
                @OfText boolean isText,
                @Advice.Argument(1) boolean isLast,
                @Advice.Thrown Throwable thrown) {
            TwintraceDispatch.leavePart(token, isText, isLast, thrown);
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

    static final class SendControl {
        @Advice.OnMethodEnter
        static void enter(@Advice.This Object remote, @Called int called) {
            TwintraceDispatch.enterControl(remote, called);
        }
    }

    static final class Close {
        @Advice.OnMethodExit
        static void leave(@Advice.This Object session) {
            TwintraceDispatch.closed(session);
        }
    }

    static final class GetRemote {
        @Advice.OnMethodExit
        static void leave(@Advice.This Object session, @Advice.Return Object remote) {
            TwintraceDispatch.remoteOf(session, remote);
        }
    }
}
