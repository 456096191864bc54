package io.twintrace.sample.it;

/** The tests of {@link SampleSuite} for the services that listeners provide, for one kind of server. */
abstract class PushSuite extends RunningSample
        implements EchoTests, HostilePeerTests, RoomTests, FlowTests, EverySizeTests {
    @Override
    public SampleServer server() {
        return super.server().push();
    }
}
