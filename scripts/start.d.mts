/** What is to be shown where, or why nothing is. */
export function readArgs(
  args: string[],
):
  | { refusal: string; browser?: undefined; demoArgs?: undefined }
  | { refusal?: undefined; browser: 'chromium' | 'firefox'; demoArgs: string[] };
