import { expect, it } from "vitest"
import { classify } from "../src/index.ts"

/** What HTCondor's tools write, and the reason each is; a long explanation that follows is left out. */
it.each([
  [
    "q",
    "Error: Can't find address for schedd test-schedd@test\n\nExtra Info: You probably saw this error",
    "Unavailable"
  ],
  ["ping", "ERROR: couldn't locate (null)!", "Unavailable"],
  ["submit", "ERROR: Can't find address of local schedd", "Unavailable"],
  ["rm", "condor_rm: Can't find address for schedd test-schedd@test", "Unavailable"],
  ["qedit", "condor_qedit: ERROR: Can't find address of local schedd", "Unavailable"],
  [
    "submit",
    "ERROR: Failed to connect to local queue manager\nSECMAN:2007:Failed to end classad message.",
    "Unavailable"
  ],
  ["q", "AUTHENTICATE:1003:Failed to authenticate with any method", "Unauthenticated"],
  ["qedit", "UNAUTHORIZED: not the owner of job 7.0", "Forbidden"],
  ["submit", "Number of submitted jobs would exceed MAX_JOBS_PER_OWNER", "QuotaExceeded"],
  ["q", "Error:  Parse error of: ===", "InvalidInput"],
  ["rm", "something new", "Unclassified"]
])("%s that fails with %j is %s", (operation, stderr, tag) => {
  const error = classify(operation, { code: 1, stderr })
  expect(error.reason._tag).toBe(tag)
  expect(error.message).not.toContain("Extra Info")
  expect(error.remedy).toMatch(/\w+ \w+/)
})
