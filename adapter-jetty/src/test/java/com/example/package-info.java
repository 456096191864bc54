/** The application whose log docs/concurrent-writes.md shows. */
package com.example;
