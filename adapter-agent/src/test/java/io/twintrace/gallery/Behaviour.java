package io.twintrace.gallery;

/** A fixed script of calls, one after another, that tells on standard output how each of them ended. */
public final class Behaviour {
    private final String session;
    private final StringBuilder transcript = new StringBuilder();

    /** A call of the script. */
    public interface Call {
        void run() throws Exception;
    }

    /** @param session the container's name of the session, which differs from run to run */
    public Behaviour(String session) {
        this.session = session;
    }

    /** Calls it, and records its exception by class and message, with the cause's. */
    public void call(String name, Call call) {
        try {
            call.run();
            tell(name + ": returned");
        } catch (Exception e) {
            tell(name + ": " + e + (e.getCause() == null ? "" : ", cause " + e.getCause()));
        }
    }

    private void tell(String line) {
        transcript.append("behaviour ").append(line.replace(session, "ID").replaceAll("\\s+", " "));
        transcript.append(System.lineSeparator());
    }

    /** Prints all of it. */
    public void end() {
        System.out.print(transcript + "behaviour ended" + System.lineSeparator());
    }
}
