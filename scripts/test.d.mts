export interface Report {
  numPassedTests: number;
  numFailedTests: number;
  testResults: { status: string; assertionResults: { status: string }[] }[];
}
export function countTests(report: Report, succeeded: boolean): { passed: number; failed: number };
export function chooseTests(words: string[]): {
  args: string[];
  isWhole: boolean;
  needsFirefox: boolean;
};
