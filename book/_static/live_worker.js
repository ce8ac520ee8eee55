/* Python in a worker: it loads what `make live` put beside the site, runs one cell after the other,
   and says what comes of each. */
const CELLS = `
import logging
from flatbook.cells import Cells
from tqdm import tqdm

logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)  # once it lists its fonts
tqdm.monitor_interval = 0  # a watch over bars wants a thread, and there is one
Cells
`;
let cells;

function say(kind, what = {}) { postMessage({ kind, ...what }); }

async function load(folder, signal) {
  importScripts(`${folder}pyodide.js`);
  const pyodide = await loadPyodide({ indexURL: folder, env: { MPLBACKEND: "agg", HOME: "/home/pyodide" } });
  const { packages } = await (await fetch(`${folder}pyodide-lock.json`)).json();
  await pyodide.loadPackage(Object.keys(packages), { messageCallback() {} });
  const emit = (output) => say("output", { output: output.toJs({ dict_converter: Object.fromEntries }) });
  cells = pyodide.runPython(CELLS)(emit);
  if (signal) pyodide.setInterruptBuffer(signal);
}

onmessage = async ({ data }) => {
  try {
    if (data.folder) await load(data.folder, data.signal);
    say("done", { good: data.folder ? true : cells.run(data.source, data.number) });
  } catch (error) {
    say("failed", { message: String(error.message ?? error).trim().split("\n").at(-1) });
  }
};
