import type { Fiber, Scheduler } from "effect"

type Task = () => void

/** The tasks of one priority, first in first out. */
interface Lane {
  readonly priority: number
  readonly tasks: Array<Task>
  /** The tasks before this one have run. */
  head: number
}

/** Run tasks are dropped from a lane once they are this many. */
const compactAt = 4096

/**
 * Effect's run queue, owned: what is ready waits here until `runNext` is called, and nothing runs by itself.
 *
 * All fibers share it, so they take turns in the order in which they became ready. Effect never takes a task back: a fiber
 * that was interrupted meanwhile ignores its task, and a sleeping one is taken from the agenda by `SimClock`.
 */
export class RunQueue implements Scheduler.Scheduler, Scheduler.SchedulerDispatcher {
  readonly executionMode = "async"
  private readonly lanes: Array<Lane> = []

  makeDispatcher(): Scheduler.SchedulerDispatcher {
    return this
  }

  /** A fiber takes its turn after so many operations, as outside of the simulator. */
  shouldYield(fiber: Fiber.Fiber<unknown, unknown>): boolean {
    return fiber.currentOpCount >= fiber.cache.maxOpsBeforeYield
  }

  scheduleTask(task: Task, priority: number): void {
    this.lane(priority).tasks.push(task)
  }

  flush(): void {
    while (this.runNext());
  }

  /** Runs the task that has waited longest among those of the lowest priority number. False when none is ready. */
  runNext(): boolean {
    for (const lane of this.lanes) {
      const task = lane.tasks[lane.head]
      if (task === undefined) continue
      lane.head += 1
      if (lane.head === lane.tasks.length || lane.head === compactAt) {
        lane.tasks.splice(0, lane.head)
        lane.head = 0
      }
      task()
      return true
    }
    return false
  }

  private lane(priority: number): Lane {
    const at = this.lanes.findIndex((lane) => lane.priority >= priority)
    const found = this.lanes[at]
    if (found?.priority === priority) return found
    const made: Lane = { priority, tasks: [], head: 0 }
    this.lanes.splice(at === -1 ? this.lanes.length : at, 0, made)
    return made
  }
}
