/**
 * The client command that the official suite starts for each scenario. It only tells the driver, which holds the
 * browser, and ends as the driver says: the suite waits for the standard output of whatever a command starts, so
 * a browser must not be a child of this.
 */

/** Beyond the suite's own time limit; milliseconds. A command that stays would make the suite wait for ever. */
const LIMIT_MS = 90_000;

const { GRANTKEEPER_DRIVER: driver, MCP_CONFORMANCE_CONTEXT: context } = process.env;
if (!driver) throw new Error('GRANTKEEPER_DRIVER names no driver');

const response = await fetch(driver, {
  method: 'POST',
  body: JSON.stringify({
    url: process.argv.at(-1),
    scenario: process.env.MCP_CONFORMANCE_SCENARIO,
    version: process.env.MCP_CONFORMANCE_PROTOCOL_VERSION,
    context: context ? JSON.parse(context) : {},
  }),
  signal: AbortSignal.timeout(LIMIT_MS),
});
const { error } = await response.json();
if (error) console.error(error);
process.exitCode = error ? 1 : 0;
