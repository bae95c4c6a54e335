import { spawn } from "node:child_process"
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"
import { runCommand } from "./runCommand.ts"

const folder = mkdtempSync(join(tmpdir(), "compute-"))
const file = (name: string, text: string): string => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}
const tenMistakes = file(
  "ten.yaml",
  `compute:
  cluster:
    name: Production
    provider: awz
    node_pools:
      - name: general
        instance_typ: c5.xlarge
        min_size: 12
        max_size: 10
      - name: general
        instance_type: p3.2xlarge
        min_size: 1
        max_size: five
    auto_scaling:
      scale_down_delay: 10 parsecs
deployments:
  - name: web
    image: Web:1
    replicas: -1
contianers: {}
`
)

const fleet = `deployments:
  - {name: web, image: "web:1.0", port: 80}
`

describe("bad input", () => {
  it("has ten mistakes told apart, each with its place, and ends with 2 [T62]", async () => {
    const { code, err, out } = await runCommand(["apply", "--yes", "-f", tenMistakes])
    expect([code, out]).toEqual([2, ""])
    await expect(err.replaceAll(folder, ".")).toMatchFileSnapshot("golden/tenMistakes.txt")
    expect(err.split("\n").filter((line) => line.startsWith(`${folder}/ten.yaml:`))).toHaveLength(10)
  })

  it.each([
    [["plan"], "no file was given"],
    [["plan", "-f", join(folder, "absent.yaml")], "cannot be read"],
    [["get", "deploymnts", "--backend", "htcondor"], "did you mean deployments?"],
    [["get", "nodes"], "no backend was named"],
    [["get", "nodes", "--backend", "aws", "--state", "x"], "--state keeps a simulated backend, and aws is none"],
    [["describe", "nodes"], "name one of the nodes"],
    [["get", "deployment/a", "b", "--backend", "htcondor"], "neither KIND, KIND/NAME nor KIND NAME"],
    [["logs", "job/x", "--since", "soon", "--backend", "htcondor"], '"soon" is no duration'],
    [["delete", "deployment/web", "-f", tenMistakes], "and not both"],
    [["delete", "job/a", "--backend", "htcondor"], "add --yes"],
    [["plan", "-f", file("sim.yaml", "simulation: {dayz: 7}")], "sim.yaml:1:14: simulation.dayz: unknown key"],
    [["simulate", file("none.yaml", "simulation: {days: 7}")], "compute.cluster: found 0 clusters"]
  ])("%j ends with 2", async (args, message) => {
    const { code, err, out } = await runCommand(args)
    expect([code, out]).toEqual([2, ""])
    expect(err).toContain(message)
  })

  it.each([["frobnicate"], ["scale"], ["scale", "deployment/a", "--replicas", "many"], ["get", "nodes", "-o", "xml"]])(
    "a command line such as %j ends with 2",
    async (...args) => expect((await runCommand(args)).code).toBe(2)
  )

  it.each([
    [
      "rolout status x",
      'error: there is no verb "rolout", did you mean rollout?\n    `compute --help` says how it is said'
    ],
    ["rollout statsu x", 'there is no verb "statsu", did you mean status?'],
    ["get nodes --bakcend sim", "there is no flag --bakcend, did you mean --backend?"]
  ])("%s is told the nearest spelling, and not all of the help", async (line, message) => {
    const { code, err, out } = await runCommand(line.split(" "))
    expect([code, out, err]).toEqual([2, "", expect.stringContaining(message)])
    expect(err.split("\n").length).toBeLessThan(4)
  })

  it("names what is given twice in several files", async () => {
    const one = file("one.yaml", "jobs: [{name: a, image: b}]")
    const { code, err } = await runCommand(["plan", "-f", one, "-f", one])
    expect([code, err]).toEqual([2, "job a is given more than once"])
  })
})

describe("which backend is asked", () => {
  const one = file(
    "aws.yaml",
    "compute: {cluster: {name: a, provider: aws, region: nowhere-1, node_pools: [{name: b, instance_type: c5.large, min_size: 0, max_size: 1}]}}"
  )

  it("is said by the environment before the file, and by the flag before both", async () => {
    const simulated = await runCommand(["plan", "-f", one], { COMPUTE_BACKEND: "sim" })
    expect([simulated.code, simulated.err]).toEqual([0, expect.stringMatching(/^sim: /)])
    const flag = await runCommand(["plan", "-f", one, "--backend", "sim"], { COMPUTE_BACKEND: "htcondor" })
    expect([flag.code, flag.err]).toEqual([0, expect.stringMatching(/^sim: /)])
    const { code, err } = await runCommand(["plan", "-f", one], { COMPUTE_BACKEND: "htcondor" })
    expect([code, err]).toEqual([1, expect.stringContaining("htcondor")])
  })
})

describe("a backend that fails or lacks something", () => {
  const nowhere = { COMPUTE_BACKEND: "htcondor", COMPUTE_CONDOR_BIN: join(folder, "nowhere") }

  it("ends with 1 and says what to do", async () => {
    const { code, err, out } = await runCommand(["get", "jobs"], nowhere)
    expect([code, out]).toEqual([1, ""])
    expect(err).toMatch(/^error: htcondor: .*\n {4}install HTCondor/)
  })

  it("is told from one that offers no such thing [T8]", async () => {
    const { code, err } = await runCommand(["get", "deployments"], nowhere)
    expect(code).toBe(1)
    expect(err).toContain("htcondor does not offer deployments")
  })

  it("says what it offers without being reached [D28]", async () => {
    const { code, out } = await runCommand(["get", "capabilities", "-o", "json"], nowhere)
    expect(code).toBe(0)
    const answers: ReadonlyArray<{ feature: string; _tag: string }> = JSON.parse(out)
    expect(answers).toContainEqual(expect.objectContaining({ feature: "jobs", _tag: "Native" }))
    expect(answers).toContainEqual(expect.objectContaining({ feature: "deployments", _tag: "Absent" }))
  })
})

describe("what needs no backend", () => {
  it("help ends with 0 and names every verb", async () => {
    const { code, out } = await runCommand(["--help"])
    expect(code).toBe(0)
    const verbs =
      "plan apply get describe delete scale rollout logs exec port-forward cp top node why schema completion"
    for (const verb of verbs.split(" ")) expect(out).toMatch(new RegExp(`^ {2}${verb} `, "m"))
  })

  it("the page about the command has every verb, in the words of its help", async () => {
    const page = readFileSync(join(import.meta.dirname, "../../../docs/command.md"), "utf8")
    const told = [...page.matchAll(/^\| `([a-z-]+)` \| (.+) \|$/gm)].map(([, verb, meaning]) => [verb, meaning])
    const verbs = (await runCommand(["--help"])).out.split("Verbs\n")[1]?.split("\n\n")[0] ?? ""
    const helped = verbs
      .replaceAll(/\n {10,}/g, " ")
      .split("\n")
      .map((line) => /^ {2}(\S+) +(.+)$/.exec(line)?.slice(1))
    expect(told).toEqual(helped)
  })

  it("help of every verb fits an ordinary terminal and has an example", async () => {
    const { out } = await runCommand(["--help"])
    const verbs = [...(out.split("Verbs\n")[1]?.split("\n\n")[0] ?? "").matchAll(/^ {2}([a-z-]+)/gm)]
    expect(verbs.length).toBeGreaterThan(15)
    for (const [, verb = ""] of verbs) {
      const help = await runCommand([verb, "--help"])
      expect(help.out.split("\n").filter((line) => line.length > 80)).toEqual([])
      expect(help.out).toMatch(/^(Examples|Verbs)$/m)
    }
  })

  it("the schema is JSON Schema", async () => {
    const { code, out } = await runCommand(["schema"])
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ $schema: "https://json-schema.org/draft/2020-12/schema", type: "object" })
  })

  it("so is that of a simulation's report", async () => {
    const { code, out } = await runCommand(["schema", "report"])
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ type: "object", required: expect.arrayContaining(["pools", "waiting"]) })
  })

  it.each(["bash", "zsh", "fish"])("%s is helped to complete", async (shell) => {
    const { code, out } = await runCommand(["completion", shell])
    expect([code, out.includes("deployment") || out.includes("apply")]).toEqual([0, true])
  })

  it("dry runs say what would be done", async () => {
    expect(await runCommand(["scale", "deployment/web", "--replicas", "3", "--dry-run"])).toEqual({
      code: 0,
      out: "would scale deployment/web to 3",
      err: ""
    })
    const jobs = file("jobs.yaml", "jobs: [{name: a, image: b}]\ndeployments: [{name: w, image: b}]")
    expect((await runCommand(["delete", "--dry-run", "-f", jobs])).out).toBe("would delete job/a, deployment/w")
  })
})

describe("the process", () => {
  const start = (args: ReadonlyArray<string>) => {
    const main = fileURLToPath(new URL("../src/main.ts", import.meta.url))
    return spawn(process.execPath, ["--conditions=@orrery/source", main, ...args], { stdio: "pipe" })
  }
  const ended = (child: ReturnType<typeof start>) =>
    new Promise<readonly [number | null, string]>((resolve) => {
      let err = ""
      child.stderr.on("data", (part: Buffer) => {
        err += part.toString()
      })
      child.on("close", (code) => resolve([code, err]))
    })

  it("reads from a pipe and ends with 2 on what is wrong in it", async () => {
    const child = start(["plan", "-f", "-"])
    child.stdin.end("deploymens: []\n")
    const [code, err] = await ended(child)
    expect([code, err]).toEqual([2, expect.stringContaining('-:1:1: deploymens: unknown key "deploymens"')])
  }, 20_000)

  it("says all that it has to say, to a pipe that takes a piece at a time, and no more than a person reads", async () => {
    // each problem names its file
    const far = join(folder, ...Array.from({ length: 15 }, () => "d".repeat(200)))
    mkdirSync(far, { recursive: true })
    const wrong = join(far, "wrong.yaml")
    writeFileSync(wrong, Array.from({ length: 150 }, (_, index) => `k${index}: 1\n`).join(""))
    const child = start(["plan", "-f", wrong])
    const [code, err] = await ended(child)
    expect(code).toBe(2)
    expect(err.length).toBeGreaterThan(3 * 65_536)
    expect(err).toMatch(/\nand 50 more problems\n$/)
  }, 20_000)

  it("ends with 130 when it is interrupted", async () => {
    const child = start(["plan", "-f", "-"])
    const end = ended(child)
    // more than a pipe holds: it is gone only once the command has begun to read, and so can be interrupted
    child.stdin.write(`${"#".repeat(1 << 20)}\n`, () => child.kill("SIGINT"))
    const [code, err] = await end
    expect([code, err]).toEqual([130, "interrupted\n"])
  }, 20_000)

  it("ends quietly when its reader has seen enough", async () => {
    const child = start(["plan", "-f", "-", "--backend", "sim"])
    const end = ended(child)
    child.stdout.destroy()
    child.stdin.end(fleet)
    const [code, err] = await end
    // where all was said already when the pipe turned out to be closed, it is done
    expect([0, 141]).toContain(code)
    expect(err).not.toMatch(/EPIPE|interrupted/)
  }, 20_000)
})

describe("what is printed as something else than a table", () => {
  const sim = { COMPUTE_BACKEND: "sim" }
  const path = file("fleet.yaml", fleet)

  it.each([
    ["plan -f FILE -o name", "allowed: table, json, yaml"],
    ["apply -f FILE --yes -o csv", "allowed: table, json, yaml"],
    ["describe deployment/web -o name", "allowed: table, json, yaml"],
    ["logs deployment/web -o yaml", "allowed: table, json"],
    ["scale deployment/web --replicas 2 -o json", "leave it out"],
    ["delete deployment/web --yes -o json", "leave it out"],
    ["node cordon general-1 -o json", "leave it out"]
  ])("%s is refused before anything is done", async (line, remedy) => {
    const { code, err, out } = await runCommand(line.replace("FILE", path).split(" "), sim)
    expect([code, out]).toEqual([2, ""])
    expect(err).toContain("makes no sense here")
    expect(err).toContain(remedy)
  })

  it("apply -o json is one document, and what was done is told beside it", async () => {
    const { code, err, out } = await runCommand(["apply", "-f", path, "--yes", "-o", "json"], sim)
    expect([code, JSON.parse(out)]).toEqual([0, expect.objectContaining({ deployments: [expect.anything()] })])
    expect(err).toContain("deployment/web created")
  })
})

it("an unknown COMPUTE_BACKEND is bad input, and one that is empty says nothing", async () => {
  const wrong = await runCommand(["get", "nodes"], { COMPUTE_BACKEND: "kubernets" })
  expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining("did you mean kubernetes?")])
  const empty = await runCommand(["get", "nodes", "--backend", "sim"], { COMPUTE_BACKEND: "" })
  expect(empty.code).toBe(0)
})

it("a directory is all its files, and one without any is said to be", async () => {
  const directory = mkdtempSync(join(folder, "all-"))
  const none = await runCommand(["plan", "-f", directory, "--backend", "sim"])
  expect([none.code, none.err]).toEqual([2, expect.stringContaining("holds no file that ends in .yaml")])
  writeFileSync(join(directory, "b.yaml"), fleet)
  writeFileSync(join(directory, "a.json"), '{"jobs": [{"name": "train", "image": "train:1"}]}')
  writeFileSync(join(directory, "notes.txt"), "nothing of ours")
  const { code, out } = await runCommand(["plan", "-f", directory, "--backend", "sim"])
  expect([code, out]).toEqual([0, "+ deployment/web  1 replica of web:1.0\n+ job/train  1 task"])
})

it("delete says of what was not there that it was not there", async () => {
  const { code, out } = await runCommand(["delete", "deployment/wbe", "--yes"], { COMPUTE_BACKEND: "sim" })
  expect([code, out]).toEqual([0, "deployment/wbe was not there"])
})

it("the example of the README is a good file", async () => {
  const example = fileURLToPath(new URL("../../../examples/production.yaml", import.meta.url))
  expect(readFileSync(example, "utf8")).toContain("provider: aws")
  const { code, out } = await runCommand(["plan", "-f", example, "--backend", "sim"])
  expect([code, out]).toEqual([0, expect.stringContaining("+ deployment/web-app")])
})
