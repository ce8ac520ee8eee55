/* Python in its worker. The worker is made from a blob, for such a one is bound by the policy of this
   page: what runs in it can ask nothing of another host either. */

export class Python {
  constructor(folder) {
    this.folder = folder;
    this.start();
  }

  /* A server that isolates its pages (make serve does) lets them share memory with a worker, and
     Python then hears of an interrupt; elsewhere it can only be ended. */
  start() {
    const script = `importScripts(${JSON.stringify(`${this.folder}live_worker.js`)})`;
    const address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
    this.worker = new Worker(address);
    this.worker.onmessage = ({ data }) => this.hear(data);
    this.worker.onerror = ({ message }) => this.hear({ kind: "failed", message });
    this.signal = window.crossOriginIsolated ? new Uint8Array(new SharedArrayBuffer(1)) : undefined;
    this.running = false;
    this.ready = this.ask({ folder: `${this.folder}live/`, signal: this.signal });
    this.ready.catch(() => {});  // said by whoever waits for it
  }

  ask(what, onOutput) {
    return new Promise((resolve, reject) => {
      this.pending = { resolve, reject, onOutput };
      this.worker.postMessage(what);
    });
  }

  hear({ kind, output, good, message }) {
    if (kind === "output") this.pending.onOutput(output);
    else if (kind === "failed") this.pending.reject(new Error(message));
    else this.pending.resolve(good ? "good" : "raised");
  }

  async run(source, number, onOutput) {
    this.running = true;
    this.asked = false;
    if (this.signal) this.signal[0] = 0;
    const end = await this.ask({ source, number }, onOutput);
    this.running = false;
    return end;
  }

  /* Whether Python will hear of it and keep its variables. Who asks twice wants it ended. */
  interrupt() {
    if (!this.running || !this.signal || this.asked) return false;
    this.asked = true;
    this.signal[0] = 2;
    return true;
  }

  restart() {
    this.worker.terminate();
    this.pending.resolve("stopped");
    this.start();
  }
}
