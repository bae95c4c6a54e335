import { expect, test } from "vitest"
import { placeManifests } from "../../../src/engine/profiles/kube/index.ts"

const placed = (text: string) => placeManifests([{ file: "a.yaml", text }], { ignoreUnknown: false })
const problemsOf = (text: string) =>
  placed(text).problems.map(({ line, path, message }) => `${line} ${path}: ${message}`)

const node = "kind: Node\nmetadata: {name: n1}\nstatus: {allocatable: {cpu: 4, pods: 10}}\n"
const podWith = (metadata: string) =>
  `kind: Pod\nmetadata: {name: p${metadata}}\nspec: {containers: [{name: c, image: i}]}\n`

const bomb = ["a: &a [x,x,x,x,x,x,x,x,x,x]", ..."bcdefghi"].map((line, index) => {
  const before = Array(10).fill(`*${"abcdefghi"[index - 1]}`)
  return index === 0 ? line : `${line}: &${line} [${before.join(",")}]`
})

test.each([
  [
    "aliases that multiply",
    `${node}---\n${bomb.join("\n")}\n`,
    /^5 : what its aliases stand for cannot be written out/
  ],
  [
    "lists a hundred thousand deep",
    `a: ${"[".repeat(100_000)}${"]".repeat(100_000)}\n`,
    /^1 : this is nested too deep/
  ],
  ["a key given twice", `${node}---\n${podWith(", name: q")}`, /^6 : the key "name" is given twice$/],
  [
    "a key given twice in JSON",
    '{"kind":\n"Node", "a": ["kind:", {"kind": 1}],\n"kind":"Pod"}',
    /^3 : the key "kind" is given twice$/
  ],
  [
    "a quantity of many digits",
    node.replace("cpu: 4", `cpu: "${"9".repeat(10_000)}"`),
    /^3 [a-z.]*: the quantity 9{64}\.\.\. is beyond/
  ],
  ["JSON lists in lists", `${'{"items":['.repeat(20_000)}${"]}".repeat(20_000)}`, /^1 : this is nested too deep/]
])("%s: one problem, with its line", { timeout: 30_000 }, (_, text, problem) => {
  expect(problemsOf(text)).toEqual([expect.stringMatching(problem)])
})

test("the time to read a map grows as its keys do", { timeout: 30_000 }, () => {
  const labels = Array.from({ length: 50_000 }, (_, index) => `l${index}: v`).join(", ")
  expect(placed(`${node}---\n${podWith(`, labels: {${labels}}`)}`).placements).toMatchObject([{ node: "n1" }])
})

test("the time to tell of faults grows as they do", { timeout: 30_000 }, () => {
  const unknown = Array.from({ length: 20_000 }, (_, index) => `x${index}: 1`).join(", ")
  const problems = problemsOf(`kind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c}], ${unknown}}\n`)
  expect(problems).toHaveLength(20_000)
  expect(problems.at(-1)).toBe('3 spec.x19999: the field "x19999" is not modelled')
})
