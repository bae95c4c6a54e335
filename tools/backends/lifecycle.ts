import { aws } from "./aws.ts"
import type { Backend, Options, Report } from "./Backend.ts"
import { condor } from "./condor.ts"
import { createInstance, type Instance, markRunning, removeInstance } from "./Instance.ts"
import { k8s } from "./k8s.ts"
import { sshd } from "./sshd.ts"

/** Every server that this tool can bring up. */
export const backends: ReadonlyArray<Backend> = [aws, condor, k8s, sshd]

/** The server of this name. */
export const backendNamed = (name: string): Backend => {
  const found = backends.find((it) => it.name === name)
  if (found === undefined) throw new Error(`no server "${name}"; there are ${backends.map((it) => it.name).join(", ")}`)
  return found
}

const refuseUnknown = (backend: Backend, options: Options): void => {
  const unknown = Object.keys(options).find((name) => !(name in backend.options))
  if (unknown === undefined) return
  const known = Object.keys(backend.options).map((name) => `--${name}`)
  throw new Error(`${backend.name} takes no --${unknown}; it takes ${known.join(", ") || "no options"}`)
}

/** Starts a new instance, building it first if it never was. What a failed start began is ended again. */
export const startInstance = async (
  backend: Backend,
  options: Options,
  report: Report,
  dir?: string
): Promise<Instance> => {
  refuseUnknown(backend, options)
  const lack = await backend.lacks()
  if (lack !== undefined) throw new Error(`${backend.name}: ${lack}`)
  await backend.build(report)
  const startedMs = performance.now()
  const instance = createInstance(backend.name, options, dir)
  try {
    const started = markRunning(instance, await backend.start(instance.state, options))
    report(`${instance.id}: answers after ${((performance.now() - startedMs) / 1000).toFixed(1)} s`)
    return started
  } catch (cause) {
    await backend.stop(instance.state)
    throw new Error(
      `${instance.id}: ${cause instanceof Error ? cause.message : cause}; its logs stay in ${instance.state}`
    )
  }
}

/** Ends an instance and forgets it. */
export const stopInstance = async (instance: Instance): Promise<void> => {
  await backendNamed(instance.backend).stop(instance.state)
  removeInstance(instance)
}
