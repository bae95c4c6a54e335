// A thread that runs one task after the other, as they are handed to it.
import { parentPort } from "node:worker_threads"
import { fingerprint, type Task } from "./fingerprint.ts"

parentPort?.on("message", (task: Task) => parentPort?.postMessage(fingerprint(task)))
