package io.twintrace.gallery;

/** Virtual threads, where the JDK has them. */
public final class VirtualThreads {
    private VirtualThreads() {}

    /** Starts a virtual thread, or another one on older JDKs. */
    public static Thread start(Runnable task) {
        try {
            return (Thread)
                    Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, task);
        } catch (ReflectiveOperationException e) {
            Thread thread = new Thread(task, "not-virtual");
            thread.setDaemon(true);
            thread.start();
            return thread;
        }
    }
}
