package com.example;

import io.twintrace.websocket.servlet.UpgradeServlet;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;

@SpringBootApplication
public class ChatApplication {
    public static void main(String[] args) {
        SpringApplication.run(ChatApplication.class, args);
    }

    /** A WebSocket that needs no controller. Spring Security protects it like any other path. */
    @Bean
    ServletRegistrationBean<UpgradeServlet> echo() {
        ServletRegistrationBean<UpgradeServlet> echo =
                new ServletRegistrationBean<>(new UpgradeServlet(new EchoHandler()), "/echo");
        echo.addInitParameter("read-limit", "64KiB");
        echo.setLoadOnStartup(1);
        return echo;
    }
}
