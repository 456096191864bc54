package io.twintrace.sample.it;

/** All tests of the running sample, for one kind of server. */
abstract class SampleSuite extends RunningSample
        implements RaceTests,
                EchoTests,
                HostilePeerTests,
                RoomTests,
                FlowTests,
                ForeignClientTests,
                EverySizeTests,
                BrowserTests {}
