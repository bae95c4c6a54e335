import { execFileSync } from "node:child_process"
import fc from "fast-check"
import { expect, it } from "vitest"
import { carried } from "../src/carried.ts"

const show = ["/bin/sh", "-c", 'for each; do printf "%s\\0" "$each"; done; printf "%s\\0" "$VALUE"', "sh"]
const run = (words: ReadonlyArray<string>, value: string): ReadonlyArray<string> => {
  const { args, environment, program } = carried([...show, ...words], [`VALUE=${value}`])
  for (const word of [...args, ...environment]) expect(word).not.toMatch(/\p{Cc}/u)
  const env = Object.fromEntries(
    environment.map((one) => [one.slice(0, one.indexOf("=")), one.slice(one.indexOf("=") + 1)])
  )
  return execFileSync(program, args, { env: { PATH: process.env.PATH, ...env }, encoding: "utf8" })
    .split("\0")
    .slice(0, -1)
}

it("plain words are carried as they are", () => {
  const command = { program: "/bin/echo", args: ["a b", "c\\"], environment: ["X=y z"] }
  expect(carried(["/bin/echo", "a b", "c\\"], ["X=y z"])).toEqual(command)
})

it("a real shell gives back every word that went in [T37]", () => {
  const word = fc
    .array(
      fc.constantFrom(
        "\n",
        "\r",
        "\t",
        "\\",
        "\\n",
        "\\0",
        "x",
        " ",
        "'",
        '"',
        "$",
        "$(DOLLAR)",
        "%",
        "ü",
        "\u0001",
        "\u007f",
        "7"
      )
    )
    .map((parts) => parts.join(""))
  fc.assert(
    fc.property(fc.array(word, { maxLength: 5 }), word, (words, value) => {
      expect(run(["\n", ...words], value)).toEqual(["\n", ...words, value])
    }),
    { numRuns: 40 }
  )
})
