package org.apache.coyote.http11.upgrade;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;

/** The stream of a changed Tomcat: it has the expected class name, but not the expected fields. */
public final class UpgradeServletInputStream extends ServletInputStream {
    @Override
    public boolean isFinished() {
        return false;
    }

    @Override
    public boolean isReady() {
        return false;
    }

    @Override
    public void setReadListener(ReadListener listener) {
        // Nothing ever comes.
    }

    @Override
    public int read() {
        throw new IllegalStateException("not ready");
    }

    @Override
    public int read(byte[] into, int offset, int length) {
        throw new IllegalStateException("not ready");
    }
}
