/** `.github` can't run here. What a parser and the tree itself can say about it is checked. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import manifest from '../../manifest.json' with { type: 'json' };
import packageJson from '../../package.json' with { type: 'json' };
import { ROOT } from '../../scripts/set-up.mjs';
import { LONG_FORM_IN_FIREFOX } from '../../vitest.config.ts';

const GITHUB = path.join(ROOT, '.github');
const read = (...names: string[]): string => readFileSync(path.join(GITHUB, ...names), 'utf8');

interface Step {
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
}

interface Job {
  'timeout-minutes'?: number;
  permissions?: Record<string, string>;
  environment?: string;
  strategy?: { matrix: Record<string, unknown[]> };
  steps: Step[];
}

interface Workflow {
  on: Record<string, unknown>;
  permissions?: Record<string, string>;
  jobs: Record<string, Job>;
}

const workflowOf = (name: string) => parse(read('workflows', name)) as Workflow;
const NAMES = readdirSync(path.join(GITHUB, 'workflows'));
const stepsOf = (workflow: Workflow) => Object.values(workflow.jobs).flatMap(({ steps }) => steps);
const commandsOf = (workflow: Workflow) => stepsOf(workflow).flatMap(({ run }) => run ?? []);

/** Jobs that may do more than read the repository. */
const TRUSTED: Record<string, string[]> = {
  'client-document.yml': ['publish'],
  'publish.yml': ['draft', 'npm'],
};

it('there are four workflows: of each change, of the newest of others, of a release, of the client document', () => {
  expect(NAMES.sort()).toEqual(['ci.yml', 'client-document.yml', 'newest.yml', 'publish.yml']);
});

describe.each(NAMES)('%s', (name) => {
  const workflow = workflowOf(name);

  it('may read the repository, and more only in a job that says so', () => {
    expect(workflow.permissions).toEqual({ contents: 'read' });
    const more = Object.entries(workflow.jobs).filter(([, { permissions }]) => permissions);
    expect(more.map(([job]) => job)).toEqual(TRUSTED[name] ?? []);
  });

  it('bounds every job', () => {
    for (const job of Object.values(workflow.jobs)) {
      expect(job['timeout-minutes']).toBeLessThanOrEqual(60);
    }
  });

  it('uses actions of GitHub itself at a whole version, or our own', () => {
    const used = stepsOf(workflow).flatMap(({ uses }) => uses ?? []);
    expect(used.length).toBeGreaterThan(0);
    for (const one of used) {
      if (one.startsWith('./')) expect(existsSync(path.join(ROOT, one, 'action.yml'))).toBe(true);
      else expect(one).toMatch(/^actions\/[\w-]+@v\d+\.\d+\.\d+$/);
    }
  });

  it('leaves no credential in the checkout', () => {
    const checkouts = stepsOf(workflow).filter(({ uses }) => uses?.startsWith('actions/checkout@'));
    for (const { with: options } of checkouts) {
      expect(options).toHaveProperty('persist-credentials', false);
    }
  });

  it('runs commands and projects that exist', () => {
    const commands = commandsOf(workflow).join('\n');
    const config = readFileSync(path.join(ROOT, 'vitest.config.ts'), 'utf8');
    for (const [, script] of commands.matchAll(/npm run ([\w:-]+)/g)) {
      expect(Object.keys(packageJson.scripts)).toContain(script);
    }
    for (const [, project = ''] of JSON.stringify(workflow).matchAll(/--project ([\w-]+)/g)) {
      // Those of the browsers are made of a list.
      if (!/^e2e-(chromium|firefox)$/.test(project)) expect(config).toContain(`name: '${project}'`);
    }
    for (const [, file = ''] of commands.matchAll(/((?:scripts|test)\/[\w./-]+\.ts)/g)) {
      expect(existsSync(path.join(ROOT, file)), file).toBe(true);
    }
  });

  it('puts nothing that a stranger writes into a command', () => {
    for (const command of commandsOf(workflow)) {
      expect(command).not.toMatch(/\$\{\{\s*github\.(event|head_ref)/);
    }
  });
});

describe('ci.yml', () => {
  const { jobs } = workflowOf('ci.yml');

  it('runs the oldest Node that package.json promises and the oldest browsers of the manifest', () => {
    const nodes = jobs['test']?.strategy?.matrix['node'] ?? [];
    expect(nodes).toEqual([packageJson.engines.node.replace('>=', ''), '22', '24']);
    const [browsers] = jobs['minimum']!.steps.filter(({ uses }) => uses?.endsWith('/browsers'));
    expect(browsers?.with).toEqual({
      chrome: manifest.minimum_chrome_version,
      firefox: `stable_${manifest.browser_specific_settings.gecko.strict_min_version}`,
    });
  });

  it('leaves no project of the tests out', () => {
    const run = JSON.stringify(jobs);
    const config = readFileSync(path.join(ROOT, 'vitest.config.ts'), 'utf8');
    const projects = [...config.matchAll(/name: '([\w-]+)'/g)].map(([, project]) => project);
    expect(projects.length).toBeGreaterThan(4);
    for (const project of [...projects, 'e2e-chromium', 'e2e-firefox']) {
      expect(run).toContain(`--project ${project}`);
    }
  });

  it('runs in Firefox what the short form leaves out there, and those files exist', () => {
    expect(JSON.stringify(jobs)).not.toContain('GRANTKEEPER_SHORT');
    expect(LONG_FORM_IN_FIREFOX.length).toBeGreaterThan(0);
    for (const name of LONG_FORM_IN_FIREFOX) {
      expect(existsSync(path.join(ROOT, 'test/e2e', `${name}.test.ts`)), name).toBe(true);
    }
  });
});

it('npm gets what was built from the tag, after somebody agreed, with provenance', () => {
  const { jobs } = workflowOf('publish.yml');
  expect(jobs['npm']).toMatchObject({ needs: 'build', environment: 'npm' });
  expect(jobs['npm']?.permissions).toEqual({ contents: 'read', 'id-token': 'write' });
  expect(jobs['npm']?.steps.at(-1)?.run).toContain('npm publish --provenance');
});

describe('the forms for issues', () => {
  interface Form {
    body: {
      type: string;
      id?: string;
      attributes: { label?: string };
      validations?: { required: boolean };
    }[];
  }
  const forms = ['bug.yml', 'feature.yml', 'provider.yml'];

  it('are three, and a security problem is sent elsewhere', () => {
    const all = readdirSync(path.join(GITHUB, 'ISSUE_TEMPLATE')).sort();
    expect(all).toEqual(['bug.yml', 'config.yml', 'feature.yml', 'provider.yml']);
    const { blank_issues_enabled: blank } = parse(read('ISSUE_TEMPLATE', 'config.yml')) as Record<
      string,
      unknown
    >;
    expect(blank).toBe(false);
  });

  it.each(forms)('%s has a label and an id of its own for each question', (name) => {
    const { body } = parse(read('ISSUE_TEMPLATE', name)) as Form;
    const questions = body.filter(({ type }) => type !== 'markdown');
    expect(new Set(questions.map(({ id }) => id)).size).toBe(questions.length);
    for (const { id, attributes } of questions) {
      expect(id).toMatch(/^[a-z]+$/);
      expect(attributes.label).toBeTruthy();
    }
  });

  it('insist on browser, versions and the text of Copy report when something does not work', () => {
    const { body } = parse(read('ISSUE_TEMPLATE', 'bug.yml')) as Form;
    const required = body.filter(({ validations }) => validations?.required).map(({ id }) => id);
    expect(required).toEqual(expect.arrayContaining(['report', 'browser', 'versions']));
    const messages = readFileSync(path.join(ROOT, '_locales', 'en', 'messages.json'), 'utf8');
    const label = body.find(({ id }) => id === 'report')?.attributes.label;
    expect(messages).toContain(`"message": "${label}"`);
  });
});

it('every path that has an owner exists', () => {
  const paths = read('CODEOWNERS').match(/^\/\S+/gm) ?? [];
  expect(paths.length).toBeGreaterThan(5);
  for (const one of paths) expect(existsSync(path.join(ROOT, one)), one).toBe(true);
});

it('dependencies are looked after, those of npm and those of the workflows', () => {
  const { updates } = parse(read('dependabot.yml')) as {
    updates: Record<string, unknown>[];
  };
  const systems = updates.map((update) => update['package-ecosystem']);
  expect(systems).toEqual(['npm', 'github-actions']);
});

it('the Node that is recommended is one of those that CI runs', () => {
  const recommended = readFileSync(path.join(ROOT, '.nvmrc'), 'utf8').trim();
  expect(workflowOf('ci.yml').jobs['test']?.strategy?.matrix['node']).toContain(recommended);
});
