package org.apache.coyote.http11.upgrade;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;

/** The stream of a Tomcat that has changed: it has the name that is looked for, and nothing behind it. */
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
