import { printBytes, printCpu, printDuration, printUsd } from "@orrery/core"

/** Maps of people's own keys, which are nobody's to change. */
const verbatim: ReadonlySet<string> = new Set(["labels", "nodeSelector", "matchLabels"])

const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** Numbers with their unit in the name, and how a file says the same: its key and its notation. */
const notations: ReadonlyArray<readonly [unit: RegExp, key: string, print: (value: number) => string | number]> = [
  [/AtMs$/, "At", (ms) => new Date(ms).toISOString()],
  [/microUsdPerHour$/, "usdPerHour", (microUsd) => Number(printUsd(microUsd))],
  [/^cpuMilli$/, "cpu", printCpu],
  [/^gpuMilli$/, "gpu", printCpu],
  [/^memoryBytes$/, "memory", printBytes],
  [/Bytes$/, "", printBytes],
  [/Ms$/, "", printDuration]
]

const entry = ([name, value]: readonly [string, unknown]): readonly [string, unknown] => {
  if (typeof value === "number")
    for (const [unit, key, print] of notations)
      if (unit.test(name)) return [snakeCase(name.replace(unit, key)), print(value)]
  return [snakeCase(name), verbatim.has(name) ? value : inFileWords(value)]
}

/** What was seen of a thing, with keys and notations as files have them: `memoryBytes` is `memory: 16Gi`. */
export const inFileWords = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(inFileWords)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, part]) => part !== undefined)
      .map(entry)
  )
}
