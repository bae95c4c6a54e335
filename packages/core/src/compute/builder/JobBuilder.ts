import type { Container } from "../../model/Container.ts"
import { DurationMs } from "../../model/Duration.ts"
import { Job } from "../../model/Job.ts"
import type { Labels } from "../../model/Labels.ts"
import type { PodSpec } from "../../model/Pod.ts"
import { decoded } from "./decoded.ts"

/** Builds a job step by step; every step is itself a job, as plain data. */
export class JobBuilder {
  declare readonly name: Job["name"]
  declare readonly namespace?: string
  declare readonly labels: Labels
  declare readonly completions: number
  declare readonly parallelism: number
  declare readonly retries: number
  declare readonly held: boolean
  declare readonly pod: PodSpec
  declare readonly deadlineMs?: number
  declare readonly ttlAfterEndMs?: number
  declare readonly after?: ReadonlyArray<string>
  declare readonly queue?: string

  private constructor(job: Job) {
    Object.assign(this, job)
  }

  /** Goes on from a job that there is. */
  static from(job: Job): JobBuilder {
    return new JobBuilder(job)
  }

  /** One task without containers yet. */
  static new(name: string): JobBuilder {
    const whole = decoded(Job, { name, pod: { containers: [{ name, image: name }] } })
    return new JobBuilder({ ...whole, pod: { ...whole.pod, containers: [] } })
  }

  inNamespace(namespace: string): JobBuilder {
    return this.#with({ namespace })
  }

  withContainer(container: Container): JobBuilder {
    return this.#with({ pod: { ...this.pod, containers: [...this.pod.containers, { ...container }] } })
  }

  withNodeSelector(nodeSelector: Labels): JobBuilder {
    return this.#with({ pod: { ...this.pod, nodeSelector } })
  }

  withLabels(labels: Labels): JobBuilder {
    return this.#with({ labels: { ...this.labels, ...labels } })
  }

  /** So many tasks that must succeed, so many of them at once. */
  withTasks(completions: number, parallelism = completions): JobBuilder {
    return this.#with({ completions, parallelism })
  }

  withRetries(retries: number): JobBuilder {
    return this.#with({ retries })
  }

  /** As people write it: `10m`, `1h30m`. */
  withDeadline(deadline: string): JobBuilder {
    return this.#with({ deadlineMs: decoded(DurationMs, deadline, "deadline") })
  }

  /** How long it is kept once it is over: `1h`, `7d`. */
  withTtlAfterEnd(ttl: string): JobBuilder {
    return this.#with({ ttlAfterEndMs: decoded(DurationMs, ttl, "ttl") })
  }

  /** Starts once these jobs have succeeded. */
  withAfter(...jobs: ReadonlyArray<string>): JobBuilder {
    return this.#with({ after: [...(this.after ?? []), ...jobs] })
  }

  withQueue(queue: string): JobBuilder {
    return this.#with({ queue })
  }

  #with(change: Partial<Job>): JobBuilder {
    return new JobBuilder({ ...this, ...change })
  }
}
