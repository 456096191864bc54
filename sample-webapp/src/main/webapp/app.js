"use strict";

(function () {

  const MAX_LOG_ENTRIES = 500;
  const WELCOME_TIMEOUT_MS = 10000;
  const FIRST_RETRY_MS = 500;
  const LAST_RETRY_MS = 15000;
  const MAX_REFUSED_REJOINS = 5;
  const GOING_AWAY = 1001;

  const RACE_TIMEOUT_MS = 30000;
  const REPORT_ATTEMPTS = 20;
  const REPORT_PAUSE_MS = 100;
  const CLOSED_NORMALLY = 1000;
  const CLOSED_WITHOUT_FRAME = 1006;

  // ---- Small tools ----

  /** Returns the elements with the ids prefix-name, by name. */
  function viewOf(prefix, names) {
    return Object.fromEntries(names.map((name) => [name, document.getElementById(`${prefix}-${name}`)]));
  }

  function element(tag, className, text) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  /** The WebSocket address next to this page, wherever the application is deployed. */
  function socketUrl(path) {
    const url = new URL(path, location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    return url.href;
  }

  /** crypto.randomUUID exists in secure contexts only; getRandomValues exists everywhere. */
  function randomId() {
    if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  const pause = (millis) => new Promise((resolve) => setTimeout(resolve, millis));

  function parseObject(text) {
    try {
      const value = JSON.parse(text);
      return value !== null && typeof value === "object" ? value : null;
    } catch {
      return null;
    }
  }

  function showState(target, state) {
    target.textContent = state;
    target.dataset.state = state;
  }

  // ---- Chat: view ----

  const chatView = viewOf("chat", ["state", "server", "node", "note", "form", "name", "room", "people", "headcount",
    "log", "newest", "composer", "text", "send", "leave"]);

  function showNote(text, bad) {
    chatView.note.textContent = text;
    chatView.note.classList.toggle("bad", Boolean(bad));
  }

  function showRoom(visible) {
    chatView.form.hidden = visible;
    chatView.room.hidden = !visible;
    (visible ? chatView.text : chatView.name).focus({ preventScroll: true });
  }

  function showPeople(people, me) {
    const items = Array.from(people, (name) => {
      const item = element("li", "", name);
      if (name === me) item.append(element("span", "you", " (you)"));
      return item;
    });
    chatView.people.replaceChildren(...items);
    chatView.headcount.textContent = String(items.length);
  }

  function logAtBottom() {
    const { scrollHeight, scrollTop, clientHeight } = chatView.log;
    return scrollHeight - scrollTop - clientHeight < 40;
  }

  function scrollLogToBottom() {
    chatView.log.scrollTop = chatView.log.scrollHeight;
    chatView.newest.hidden = true;
  }

  /** Appends an entry, drops the oldest, and scrolls down unless the user has scrolled up. */
  function appendToLog(entry, follow) {
    const following = follow || logAtBottom();
    chatView.log.append(entry);
    while (chatView.log.childElementCount > MAX_LOG_ENTRIES) chatView.log.firstElementChild.remove();
    if (following) scrollLogToBottom();
    else chatView.newest.hidden = false;
  }

  /**
   * Stays at the end when the size changes: lines wrap elsewhere when a phone is turned, and an on-screen keyboard
   * makes the log lower. The browser may then scroll by itself first, which is not the user's wish.
   */
  function followLog() {
    const { log, newest } = chatView;
    const size = () => `${log.clientWidth} x ${log.clientHeight}`;
    let following = true;
    let known = size();
    log.addEventListener("scroll", () => {
      if (size() !== known) return;
      following = logAtBottom();
      if (following) newest.hidden = true;
    }, { passive: true });
    new ResizeObserver(() => {
      known = size();
      if (following) scrollLogToBottom();
    }).observe(log);
  }

  const logEvent = (text) => appendToLog(element("p", "event", text));

  function timeOfDay(millis) {
    const date = new Date(Number.isFinite(millis) ? millis : Date.now());
    const time = element("time", "", date.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }));
    time.dateTime = date.toISOString();
    return time;
  }

  function logSaid(said, own) {
    const entry = element("div", own ? "said own" : "said");
    const who = element("p", "who");
    who.append(element("span", "name", said.name));
    if (own) who.append(element("span", "you", " (you)"));
    entry.append(who, timeOfDay(said.time), element("p", "text", said.text));
    appendToLog(entry, own);
  }

  // ---- Chat: the connection ----

  const chat = {
    socket: null,       // the current socket; events of any other are ignored
    name: "",           // the requested name, then the name from the server
    people: new Set(),
    entered: false,     // welcomed at least once since the name was given
    online: false,      // welcomed on the current socket
    failures: 0,        // attempts in a row without a welcome
    refusals: 0,        // refused rejoins in a row: the old connection may still be open
    key: randomId(),    // gives the name back at once, also on another server
    seen: "",           // the id of the last message seen, to get what comes after it
    node: "",           // the server of the last welcome
    timer: 0,           // one timer: waiting for a welcome, or for the next attempt
  };

  function setChatState(state) {
    chat.online = state === "online";
    showState(chatView.state, state);
    chatView.send.disabled = !chat.online;
  }

  function dropSocket() {
    clearTimeout(chat.timer);
    const socket = chat.socket;
    chat.socket = null;
    if (socket) socket.close();
  }

  function connectChat() {
    dropSocket();
    setChatState("connecting");
    const socket = new WebSocket(socketUrl("chat"));
    chat.socket = socket;
    chat.timer = setTimeout(() => chatLost(), WELCOME_TIMEOUT_MS);
    const ifCurrent = (handle) => (event) => { if (socket === chat.socket) handle(event); };
    socket.addEventListener("open", ifCurrent(
      () => sendToChat({ type: "join", name: chat.name, key: chat.key, after: chat.seen })));
    socket.addEventListener("message", ifCurrent(receiveChat));
    socket.addEventListener("close", ifCurrent(chatLost));
  }

  const sendToChat = (message) => chat.socket.send(JSON.stringify(message));

  function chatLost(event) {
    const restarts = event && event.code === GOING_AWAY;
    if (chat.online) logEvent(restarts ? "The server is going away." : "The connection was lost.");
    retryLater(chat.online ? "Offline." : "The server does not answer.");
  }

  function retryLater(why) {
    dropSocket();
    setChatState("offline");
    const longest = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(chat.failures, 10));
    const delay = longest * (0.75 + Math.random() / 4);
    chat.failures++;
    const seconds = Math.max(1, Math.round(delay / 1000));
    showNote(`${why} Trying again in ${seconds} s.`, true);
    chat.timer = setTimeout(connectChat, delay);
  }

  function receiveChat(event) {
    const message = parseObject(event.data);
    const handle = message && Object.hasOwn(chatMessages, message.type) && chatMessages[message.type];
    if (handle) handle(message);
  }

  const chatMessages = {
    welcome(message) {
      clearTimeout(chat.timer);
      chat.failures = 0;
      chat.refusals = 0;
      chat.name = message.you;
      chat.people = new Set(message.people).add(message.you);
      setChatState("online");
      showNote("");
      showPeople(chat.people, chat.name);
      if (!chat.entered) showRoom(true);
      logEvent(chat.entered ? "Connected again." : `You joined as ${chat.name}.`);
      showNode(message.node);
      chat.entered = true;
    },

    joined(message) {
      if (chat.people.has(message.name)) return;
      showPeople(chat.people.add(message.name), chat.name);
      logEvent(`${message.name} joined.`);
    },

    left(message) {
      if (!chat.people.delete(message.name)) return;
      showPeople(chat.people, chat.name);
      logEvent(`${message.name} left.`);
    },

    said(message) {
      if (message.id) chat.seen = message.id;
      logSaid(message, message.name === chat.name);
    },

    gap() {
      logEvent("Some messages are missing.");
    },

    apart() {
      logEvent("This server cannot reach the others at the moment.");
    },

    together() {
      logEvent("This server can reach the others again.");
    },

    refused(message) {
      if (chat.online) showNote(message.reason, true);
      else if (chat.entered && ++chat.refusals < MAX_REFUSED_REJOINS) retryLater(message.reason);
      else leaveChat(message.reason);
    },
  };

  /** Marks that another server serves this page now. */
  function showNode(node) {
    if (chat.node && node !== chat.node) {
      appendToLog(element("p", "event moved", `Another server has taken over: ${node}.`));
    }
    chat.node = node;
    chatView.node.textContent = node;
    chatView.server.hidden = node === "local";
  }

  function joinChat(event) {
    event.preventDefault();
    chat.name = chatView.name.value.trim();
    if (!chat.name) return;
    chat.failures = 0;
    showNote("");
    connectChat();
  }

  function leaveChat(reason) {
    dropSocket();
    setChatState("offline");
    chat.entered = false;
    chat.failures = 0;
    chat.refusals = 0;
    chat.seen = "";
    chat.node = "";
    chatView.server.hidden = true;
    chatView.log.replaceChildren();
    showRoom(false);
    showNote(reason, Boolean(reason));
  }

  function say(event) {
    event.preventDefault();
    const text = chatView.text.value.trim();
    if (!text || !chat.online || chat.socket.readyState !== WebSocket.OPEN) return;
    sendToChat({ type: "say", text });
    chatView.text.value = "";
    showNote("");
  }

  function startChat() {
    chatView.form.addEventListener("submit", joinChat);
    chatView.composer.addEventListener("submit", say);
    chatView.leave.addEventListener("click", () => leaveChat(""));
    chatView.newest.addEventListener("click", scrollLogToBottom);
    followLog();
    window.addEventListener("online", () => {
      if (chat.failures > 0 && !chat.socket) connectChat();
    });
  }

  // ---- Race: view ----

  const raceView = viewOf("race", ["head", "watch", "run", "state", "picture", "count", "unit", "note", "error", "report",
    "summary", "close", "connection", "time", "first", "second", "log"]);

  function setRaceState(state) {
    showState(raceView.state, state);
    raceView.picture.dataset.state = state;
    raceView.run.setAttribute("aria-disabled", String(state === "running"));
    raceView.run.textContent = { idle: "Start the race", running: "Running" }[state] || "Run it again";
  }

  function resetRace() {
    setRaceState("running");
    raceView.count.textContent = "0";
    raceView.note.textContent = "";
    raceView.error.hidden = true;
    raceView.report.hidden = true;
  }

  function showRaceError(text) {
    setRaceState("failed");
    raceView.note.textContent = "";
    raceView.error.textContent = text;
    raceView.error.hidden = false;
  }

  /** Counts at once but paints at most once a frame, because thousands of messages arrive. */
  function messageCounter() {
    let count = 0;
    let painting = false;
    const paint = () => {
      painting = false;
      raceView.count.textContent = String(count);
      raceView.unit.textContent = count === 1 ? "message received" : "messages received";
    };
    return {
      add() {
        count++;
        if (painting) return;
        painting = true;
        requestAnimationFrame(paint);
      },
      finish: paint,
    };
  }

  /** Matches module and package, class and method, and the position in the source. */
  const FRAME = /^((?:[^/()]*\/)*(?:[a-z_][\w$]*\.)*)([^()]+)(\(.*\))$/;

  function frameItem(entry) {
    const item = element("li", "frame");
    item.classList.toggle("application", Boolean(entry.application));
    item.classList.toggle("colliding", Boolean(entry.colliding));
    if (entry.colliding) item.append(element("span", "marker", "The write that collided"));
    const code = element("span", "code");
    code.append(...frameParts(String(entry.frame)));
    item.append(code);
    return item;
  }

  function frameParts(frame) {
    const parts = FRAME.exec(frame);
    if (!parts) return [frame];
    const [, place, call, source] = parts;
    return [place, element("wbr"), element("span", "call", call), element("wbr"), source];
  }

  /** Folds the frames inside the library method that the application called. */
  function stackItems({ stack, operation }) {
    const inside = stack.slice(0, Math.max(0, stack.findIndex((entry) => entry.colliding) - 1));
    const items = stack.slice(inside.length).map(frameItem);
    if (inside.length > 0) {
      const fold = element("details", "fold");
      const frames = element("ol");
      frames.append(...inside.map(frameItem));
      const count = inside.length === 1 ? "1 frame" : `${inside.length} frames`;
      fold.append(element("summary", "", `${count} inside ${operation}`), frames);
      const item = element("li");
      item.append(fold);
      items.unshift(item);
    }
    return items;
  }

  function showTrace(trace, side) {
    trace.querySelector(".thread").textContent = side.thread;
    trace.querySelector(".operation-name").textContent = side.operation;
    trace.querySelector(".stack").replaceChildren(...stackItems(side));
  }

  /** Returns the application's method, which may wrap only after its dots, or else the thread. */
  function writerName({ stack, thread }) {
    const frame = stack.find((entry) => entry.colliding);
    const parts = frame && FRAME.exec(frame.frame);
    const name = element("code", "writer");
    (parts ? parts[2] : thread).split(/(?<=\.)/).forEach((part, i) => name.append(...(i ? [element("wbr")] : []), part));
    return name;
  }

  /** Returns one line for each writer, in the order of the two columns below. */
  function headline({ first, second }) {
    const lines = [element("span", "clause"), element("span", "clause", "when ")];
    lines[0].append(writerName(first), ` was in ${first.operation}`);
    lines[1].append(writerName(second), ` called ${second.operation}.`);
    return [lines[0], " ", lines[1]];
  }

  /** Scrolls so that both stacks are visible, with the whole race above them if there is room. */
  function scrollToReport() {
    const { head, report, second } = raceView;
    const height = second.getBoundingClientRect().bottom - head.getBoundingClientRect().top;
    const margin = parseFloat(getComputedStyle(head).scrollMarginTop);
    (height + margin <= window.innerHeight ? head : report).scrollIntoView({ block: "start" });
  }

  function closeText({ code, reason }) {
    if (code === CLOSED_WITHOUT_FRAME) return "none, the connection was cut";
    return reason ? `${code} (${reason})` : `${code}, without a reason`;
  }

  function showReport(report, closed) {
    raceView.summary.replaceChildren(...headline(report));
    raceView.close.textContent = closeText(closed);
    raceView.connection.textContent = report.connection;
    showReportTime(report.time);
    showTrace(raceView.first, report.first);
    showTrace(raceView.second, report.second);
    raceView.log.textContent = report.log;
    raceView.report.hidden = false;
    raceView.note.textContent = "Caught. Both threads have failed, and each exception holds both stack traces.";
    setRaceState("caught");
    scrollToReport();
  }

  function showReportTime(text) {
    const date = new Date(text);
    const valid = !Number.isNaN(date.getTime());
    const time = raceView.time;
    time.textContent = valid ? date.toLocaleString([], { dateStyle: "medium", timeStyle: "medium" }) : text;
    if (valid) time.dateTime = date.toISOString();
    else time.removeAttribute("datetime");
  }

  // ---- Race: the run ----

  /** An error with a message for the user. */
  class RaceError extends Error {}

  /** Sends "go" and counts messages until the server closes. Resolves with the close event. */
  function raceUntilClosed(run, counter) {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(socketUrl(`race?run=${encodeURIComponent(run)}`));
      let opened = false;
      const timer = setTimeout(() => {
        reject(new RaceError(`The detector has not fired within ${RACE_TIMEOUT_MS / 1000} seconds.`));
        socket.close();
      }, RACE_TIMEOUT_MS);
      socket.addEventListener("open", () => { opened = true; socket.send("go"); });
      socket.addEventListener("message", counter.add);
      socket.addEventListener("close", (event) => {
        clearTimeout(timer);
        if (opened) resolve(event);
        else reject(new RaceError("The server does not answer, or has refused the connection."));
      });
    });
  }

  /** Retries, because the report may arrive a moment after the Close. */
  async function fetchReport(run) {
    const url = `race/report?run=${encodeURIComponent(run)}`;
    for (let attempt = 0; attempt < REPORT_ATTEMPTS; attempt++) {
      if (attempt > 0) await pause(REPORT_PAUSE_MS);
      const response = await fetch(url, { cache: "no-store" }).catch(() => {
        throw new RaceError("The server went away before its report could be read.");
      });
      if (response.ok) return checkedReport(parseObject(await response.text()));
      if (response.status !== 404) {
        throw new RaceError(`The server answered ${response.status} when asked for the report.`);
      }
    }
    throw new RaceError("The server has no report of this race.");
  }

  function checkedReport(report) {
    const sides = report ? [report.first, report.second] : [null];
    if (!sides.every((side) => side && Array.isArray(side.stack))) {
      throw new RaceError("The server’s report is not in the form this page expects.");
    }
    return report;
  }

  async function reportAfter(run, closed) {
    if (closed.code === CLOSED_NORMALLY) {
      throw new RaceError("The race ended before the two threads met. Run it again.");
    }
    try {
      return await fetchReport(run);
    } catch (error) {
      if (!(error instanceof RaceError)) throw error;
      throw new RaceError(`${error.message} Close received: ${closeText(closed)}.`);
    }
  }

  async function runRace() {
    if (raceView.state.dataset.state === "running") return;
    resetRace();
    const run = randomId();
    const counter = messageCounter();
    try {
      const closed = await raceUntilClosed(run, counter);
      counter.finish();
      raceView.note.textContent = "The connection has closed. Fetching the report.";
      showReport(await reportAfter(run, closed), closed);
    } catch (error) {
      counter.finish();
      if (!(error instanceof RaceError)) console.error(error);
      showRaceError(error instanceof RaceError ? error.message : "Something went wrong in this page.");
    }
  }

  startChat();
  raceView.run.addEventListener("click", runRace);
  raceView.watch.addEventListener("click", runRace); // and the link scrolls there
})();
