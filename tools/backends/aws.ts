import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { Backend } from "./Backend.ts"
import { artifact, buildOnce, isBuilt } from "./cache.ts"
import { freePorts } from "./freePorts.ts"
import { endProcess, livePid, logTail, startProcess } from "./Process.ts"
import { isOnPath, outcome, run } from "./run.ts"
import { waitFor } from "./waitFor.ts"

const here = import.meta.dirname
const requirements = join(here, "aws", "requirements.txt")
const venv = () => artifact("aws", [requirements])
const endpointFile = (state: string) => join(state, "endpoint")

const health = async (state: string): Promise<string | undefined> => {
  if (livePid(state, "ec2") === undefined) return `not running\n${logTail(state, "ec2")}`
  try {
    const answer = await fetch(`${readFileSync(endpointFile(state), "utf8").trim()}/_health`, {
      signal: AbortSignal.timeout(3_000)
    })
    return answer.ok ? undefined : `answering ${answer.status}`
  } catch {
    return "not answering"
  }
}

/** EC2 by moto, made as strict as EC2 where moto is kinder. Needs Python 3 with venv and pip, no root. */
export const aws: Backend = {
  name: "aws",
  about: "EC2 API (moto, made strict; POST /_faults puts faults in)",
  main: "ec2",
  options: { port: "the port to listen on, instead of any free one" },
  lacks: async () => {
    if (isBuilt(venv())) return undefined
    if (!(await isOnPath("python3"))) return "no Python 3 on the PATH"
    const modules = await outcome(["python3", "-c", "import venv, ensurepip"])
    return modules.code === 0 ? undefined : "Python 3 has no venv or no pip (Debian: python3-venv)"
  },
  build: (report) =>
    buildOnce(venv(), "aws", report, async (dir, step) => {
      step("installing moto from PyPI")
      await run(["python3", "-m", "venv", join(dir, "venv")])
      const pip = [join(dir, "venv", "bin", "python"), "-m", "pip", "install", "--quiet", "--no-input"]
      await run([...pip, "--disable-pip-version-check", "--requirement", requirements])
    }),
  start: async (state, options) => {
    const port = options.port?.[0] ?? String((await freePorts(1))[0])
    const endpoint = `http://127.0.0.1:${port}`
    writeFileSync(endpointFile(state), `${endpoint}\n`)
    const python = join(venv().dir, "venv", "bin", "python")
    startProcess(state, "ec2", [python, join(here, "aws", "main.py"), port], {
      PYTHONDONTWRITEBYTECODE: "1",
      PYTHONUNBUFFERED: "1",
      MOTO_ENABLE_AMI_VALIDATION: "true",
      MOTO_EC2_ENABLE_INSTANCE_TYPE_VALIDATION: "true",
      MOTO_ENABLE_KEYPAIR_VALIDATION: "true"
    })
    await waitFor("aws", 120_000, () => health(state))
    return { endpoint, env: { ORRERY_AWS_ENDPOINT: endpoint } }
  },
  health,
  stop: (state) => endProcess(state, "ec2")
}
