package io.twintrace.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.twintrace.websocket.detect.DetectorLevel;
import io.twintrace.websocket.guard.GuardMode;
import org.junit.jupiter.api.Test;

class AgentOptionsTest {
    private static String refusal(String options) {
        return assertThrows(IllegalArgumentException.class, () -> AgentOptions.parse(options))
                .getMessage();
    }

    @Test
    void withoutOptionsItOnlyReports() {
        AgentOptions defaults = new AgentOptions(GuardMode.REPORT, DetectorLevel.MESSAGES, false);
        assertEquals(defaults, AgentOptions.parse(null));
        assertEquals(defaults, AgentOptions.parse(""));
    }

    @Test
    void optionsStandBetweenCommas() {
        assertEquals(
                new AgentOptions(GuardMode.FAIL, DetectorLevel.TRACED, true),
                AgentOptions.parse("mode=fail, async=true,level=traced,"));
        assertEquals(
                "mode=fail,level=traced",
                AgentOptions.parse("level=traced,mode=fail,async=false").toString());
    }

    @Test
    void whatIsWrongIsNamedWithWhatIsValid() {
        assertEquals("unknown value in \"mode=fial\". Valid are report, fail", refusal("mode=fial"));
        assertEquals("unknown value in \"async=yes\". Valid are true, false", refusal("async=yes"));
        assertEquals("unknown value in \"level=\". Valid are calls, messages, traced", refusal("level="));
        String unknown = "unknown option \"%s\". Valid are mode=report, mode=fail, level=calls, level=messages,"
                + " level=traced, async=true and async=false, with commas between them";
        assertEquals(unknown.formatted("fail"), refusal("fail"));
        assertEquals(unknown.formatted("Mode=fail"), refusal("level=calls,Mode=fail"));
    }
}
