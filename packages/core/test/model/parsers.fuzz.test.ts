import {
  parseCron,
  parseDuration,
  parseImageName,
  parseInstanceType,
  parseQuantity,
  parseUsd,
  printBytes,
  printDuration,
  printImageName,
  printInstanceType,
  printUsd,
  readComputeFile
} from "@orrery/core"
import { Result } from "effect"
import fc from "fast-check"
import { describe, expect, it } from "vitest"

/** `ORRERY_FUZZ_RUNS=1000000` is the long run. */
const numRuns = Number(process.env.ORRERY_FUZZ_RUNS ?? 2000)
const timeoutMs = 30_000 + numRuns * 10

/** Text near what the parsers know: their own words and signs, shuffled, with anything at all between. */
const text = fc.oneof(
  fc
    .array(fc.constantFrom("*", "0", "7", "1-5", "*/2", "jan", "mon-fri", "99"), { minLength: 4, maxLength: 6 })
    .map((fields) => fields.join(" ")),
  fc.string({ maxLength: 40 }),
  fc.string({ unit: "binary", maxLength: 20 }),
  fc
    .array(
      fc.constantFrom(
        ..."0123456789.:/@-+_*, \teEkKmMGTiunsahdw$".split(""),
        "sha256:",
        "Standard_",
        "@daily",
        "1e400"
      ),
      { maxLength: 24 }
    )
    .map((parts) => parts.join(""))
)

describe.each([
  ["quantity", (input: string) => parseQuantity(input, 1000)],
  ["duration", parseDuration],
  ["image name", (input: string) => Result.map(parseImageName(input), printImageName)],
  ["instance type", (input: string) => Result.map(parseInstanceType(input), printInstanceType)],
  ["schedule", parseCron],
  ["price", parseUsd]
] as ReadonlyArray<readonly [string, (input: string) => Result.Result<unknown, string>]>)(
  "any text as %s",
  (_, parse) => {
    it(
      "is read or refused in words, never thrown at [N9]",
      () => {
        let read = 0
        fc.assert(
          fc.property(text, (input) => {
            const result = parse(input)
            if (Result.isSuccess(result)) read++
            else expect(result.failure.length).toBeGreaterThan(0)
          }),
          { numRuns }
        )
        expect(read).toBeGreaterThan(0)
      },
      timeoutMs
    )
  }
)

it.each(["__proto__", "constructor", "1constructor", "5 toString", "@constructor"])("%s is only a word", (word) => {
  expect(Result.isFailure(parseCron(word))).toBe(true)
  expect(Result.isFailure(parseDuration(word))).toBe(true)
})

describe("what is printed", { timeout: timeoutMs }, () => {
  const whole = fc.maxSafeNat()
  it("bytes", () =>
    fc.assert(
      fc.property(whole, (bytes) => Result.getOrThrow(parseQuantity(printBytes(bytes), 1)) === bytes),
      { numRuns }
    ))
  it("durations", () =>
    fc.assert(
      fc.property(whole, (ms) => Result.getOrThrow(parseDuration(printDuration(ms))) === ms),
      { numRuns }
    ))
  it("prices", () =>
    fc.assert(
      fc.property(whole, (usd) => Result.getOrThrow(parseUsd(printUsd(usd))) === usd),
      { numRuns }
    ))
  it("is what image names print again", () =>
    fc.assert(
      fc.property(text, (input) => {
        const once = parseImageName(input)
        return Result.isFailure(once) || printImageName(once.success) === input
      }),
      { numRuns }
    ))
})

const sample = `compute:
  cluster:
    name: production
    provider: aws
    node_pools:
      - {name: general, instance_type: c5.xlarge, min_size: 3, max_size: 10, taints: [{key: a, effect: NoSchedule}]}
    logging: {destinations: [{type: file, path: /x}]}
deployments:
  - {name: web, image: "web:1", resources: {requests: {cpu: 0.5}}, strategy: {type: Recreate}}
jobs:
  - {name: a, pod: {containers: [{name: a, image: b, env: []}]}}
`

it(
  "any file is read or refused with places, however it was damaged",
  () => {
    const damage = fc.record({
      at: fc.nat(sample.length),
      cut: fc.nat(12),
      insert: fc.oneof(
        text,
        fc.constantFrom("\n", "\n  ", ": ", "- ", "[", "]", "{", "}", "&a ", "*a", "null", "<<: ", "__proto__: ")
      )
    })
    fc.assert(
      fc.property(fc.array(damage, { minLength: 1, maxLength: 4 }), (damages) => {
        const damaged = damages.reduce(
          (source, { at, cut, insert }) => source.slice(0, at) + insert + source.slice(at + cut),
          sample
        )
        const result = readComputeFile(damaged, "file.yaml")
        if (Result.isFailure(result)) {
          expect(result.failure.length).toBeGreaterThan(0)
          for (const { line, message } of result.failure) {
            expect(message.length).toBeGreaterThan(0)
            expect(line).toBeGreaterThan(0)
          }
        }
      }),
      { numRuns: Math.ceil(numRuns / 4) }
    )
  },
  timeoutMs
)
