import { enDeals } from './en.deals';
import { enDocuments } from './en.documents';
import { enModels } from './en.models';
import { enReport } from './en.report';
import { enRuns } from './en.runs';
import { enSearch } from './en.search';
import { enSettings } from './en.settings';
import { enSignIn } from './en.sign-in';

export const en = {
	'app.name': 'VCConnect',
	'app.skip': 'Skip to the content',
	'app.nav': 'Main',
	'app.deals': 'Deals',
	'app.settings': 'Settings',
	'app.palette': 'Search and commands',
	'app.theme.dark': 'Switch to dark',
	'app.theme.light': 'Switch to light',
	'app.account': 'Account of {name}',
	'app.keys': 'Keyboard shortcuts',
	'app.sign_out': 'Sign out',

	'dialog.close': 'Close',
	'dialog.cancel': 'Cancel',
	'toast.dismiss': 'Dismiss this message',
	loading: 'Loading…',
	'more.load': 'Load more',
	'more.loading': 'Loading more…',

	'problem.offline':
		'The server cannot be reached. Nothing was lost; check the network and try again.',
	'problem.unexplained': 'The server answered {status} and did not say why. Try again in a moment.',
	'problem.page':
		'This page ran into a fault of its own. Reload it; what was saved before is safe.',
	'problem.request': 'If you report this, name request {id}.',
	'problem.again': 'Try again',

	'error.title': 'Something went wrong',
	'error.absent.title': 'Not here',
	'error.absent.text':
		'This page is not here, or not yours to open. If somebody sent you the address, ask them to add you to the deal.',
	'error.home': 'Go to the deals',
	'error.reload': 'Reload',

	'login.title': 'Sign in',
	'login.lead': 'The diligence desk of your fund, on your fund’s own server.',
	'login.email': 'E-mail',
	'login.password': 'Password',
	'login.submit': 'Sign in',
	'login.wait': 'Too many attempts. Try again in {n} s.',
	'login.ended': 'You were signed out. Sign in to go on where you were.',
	'login.help': 'No account yet, or the password forgotten? Ask your admin for a link.',

	'welcome.title': 'Welcome',
	'welcome.first': 'You are setting this desk up: your account will be its first admin.',
	'welcome.invited': 'You are invited as {role}. Choose a name and a password, and you are in.',
	'welcome.expires': 'The link can be used once, until {at}.',
	'welcome.checking': 'Checking the link…',
	'welcome.name': 'Your name',
	'welcome.email': 'E-mail',
	'welcome.password': 'Password',
	'welcome.submit': 'Create the account',
	'welcome.dead.title': 'This link does not work any more',
	'welcome.dead.text':
		'It was used, has expired, or was not copied whole. Ask your admin for a new link. If you are setting the server up, run “cargo xtask run” or “vcconnect users first-admin” again: it prints a fresh one.',
	'welcome.have_account': 'I have an account: sign in',
	'password.empty': 'At least 12 characters. A few unrelated words make a good one.',
	'password.short': { one: '{n} more character needed.', other: '{n} more characters needed.' },
	'password.repeats': 'Long enough, but it repeats itself: add different characters.',
	'password.personal': 'Long enough, but it holds your name or e-mail, which is tried first.',
	'password.enough': 'Long enough. Four more characters would make it strong.',
	'password.good': 'Strong.',

	'palette.title': 'Search and commands',
	'palette.placeholder': 'A deal’s name, or what you want to do',
	'palette.deals': 'Deals',
	'palette.actions': 'Actions',
	'palette.none': 'Nothing matches “{typed}”.',
	'palette.count': { one: '{n} result', other: '{n} results' },
	'palette.hint': '↑ ↓ to move, Enter to choose, Esc to leave',

	'keys.title': 'Keyboard shortcuts',
	'keys.on': 'Single-key shortcuts are on',
	'keys.note': 'Turn them off if you dictate or use a screen reader’s own keys. Ctrl-K stays.',
	'command.palette': 'Search and commands',
	'command.keys': 'Show keyboard shortcuts',
	'command.deals': 'Go to the deals',
	'command.people': 'Go to people',
	'command.sessions': 'Go to my sessions',
	'command.audit': 'Go to the audit log',
	'command.api': 'Open the description of the API',
	'command.theme': 'Switch between light and dark',
	'command.sign_out': 'Sign out',

	'role.admin': 'Admin',
	'role.partner': 'Partner',
	'role.analyst': 'Analyst',
	'role.compliance': 'Compliance',
	'role.viewer': 'Viewer',
	'role.guest': 'Guest',
	...enDeals,
	...enDocuments,
	...enModels,
	...enReport,
	...enRuns,
	...enSearch,
	...enSettings,
	...enSignIn
} as const;
