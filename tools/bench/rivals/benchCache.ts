import { homedir } from "node:os"
import { join } from "node:path"

/** Where built rivals are kept between runs. */
export const benchCache = (): string => join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "orrery", "bench")
