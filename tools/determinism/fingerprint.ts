import { createHash } from "node:crypto"
import { cases } from "./cases.ts"

/** One seed of one case. */
export interface Task {
  readonly name: string
  readonly seed: number
}

/** Runs a task and says in a line of JSON what came of it. */
export const fingerprint = ({ name, seed }: Task): string => {
  const text = cases[name]?.run(seed)
  if (text === undefined || text === "") throw new Error(`case ${name} gave nothing for seed ${seed}`)
  const sha256 = createHash("sha256").update(text).digest("hex")
  return JSON.stringify({ name, seed, bytes: Buffer.byteLength(text), sha256 })
}
