export interface Report {
  numPassedTests: number;
  numFailedTests: number;
  testResults: { status: string; assertionResults: { status: string }[] }[];
}
export function countTests(report: Report, succeeded: boolean): { passed: number; failed: number };
export interface ToldReport {
  testResults: {
    name: string;
    status: string;
    message?: string;
    assertionResults: { status: string; fullName: string; failureMessages?: string[] }[];
  }[];
}
export function failures(report: ToldReport): string[];
export function chooseTests(words: string[]): {
  args: string[];
  isWhole: boolean;
  needsFirefox: boolean;
};
