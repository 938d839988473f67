export const enSignIn = {
	'code.title': 'One more step',
	'code.lead': 'Your password is right. Now type the six digits that your authenticator app shows.',
	'code.label': 'Code of your app',
	'code.recovery.lead':
		'Type one of the recovery codes that you kept when you set the second factor up. Each is good once.',
	'code.recovery.label': 'Recovery code',
	'code.submit': 'Go on',
	'code.by_recovery': 'I do not have my app: use a recovery code',
	'code.by_app': 'Use the code of my app',
	'code.again': 'Start again with another account',
	'code.help':
		'Lost both? Another admin of your fund, or whoever runs the server, can reset your second factor.',

	'factor.title': 'Second factor',
	'factor.lead':
		'With a second factor, your password alone lets nobody in: an app on your phone shows a code that is asked for too.',
	'factor.none': 'You have none.',
	'factor.since': 'Set up on {day}.',
	'factor.required': 'An admin cannot be without one.',
	'factor.set_up': 'Set up…',
	'factor.set_up.title': 'Set up a second factor',
	'factor.replace': 'Replace…',
	'factor.replace.title': 'Replace the second factor',
	'factor.forced':
		'An admin signs in with a code beside the password. Set it up now; you need an authenticator app, such as the one of your phone or of your password manager.',
	'factor.scan': 'Scan this picture with your authenticator app.',
	'factor.qr': 'QR code for an authenticator app',
	'factor.open': 'Open it in an app on this device',
	'factor.type': 'Or type this key into the app:',
	'factor.then': 'Type the code that the app shows now.',
	'factor.confirm': 'Confirm',
	'factor.remove': 'Remove…',
	'factor.remove.title': 'Remove your second factor?',
	'factor.remove.text':
		'Your password alone will let you in. The recovery codes end, and so do your other sessions.',
	'factor.remove.submit': 'Remove',
	'factor.removed': 'The second factor was removed.',

	'recovery.title': 'Recovery codes',
	'recovery.once':
		'Keep these codes where you find them without your phone: they are shown this once. Each lets you in once, in place of the app’s code.',
	'recovery.copy': 'Copy',
	'recovery.copied': 'Copied',
	'recovery.kept': 'I have kept them',
	'recovery.left': {
		one: '{n} recovery code is left.',
		other: '{n} recovery codes are left.'
	},
	'recovery.renew': 'New recovery codes…',
	'recovery.renew.title': 'Make new recovery codes?',
	'recovery.renew.text': 'You get ten new ones. Those that you have are good for nothing any more.',
	'recovery.renew.submit': 'Make new ones',

	'proof.title': 'Is it still you?',
	'proof.lead':
		'This changes how somebody signs in, so it needs your password once more. Then it is not asked for again for ten minutes.',
	'proof.by_code': 'Use a code of my app instead',
	'proof.by_password': 'Use my password instead',
	'proof.submit': 'Confirm',

	'reset.title': 'Choose another password',
	'reset.lead': 'For the account of {name}. Your sessions end; a second factor stays as it is.',
	'reset.submit': 'Choose this password',
	'reset.done.title': 'Your password was changed',
	'reset.done.text': 'You were signed out everywhere. Sign in with the new password.',
	'reset.dead':
		'It was used, has expired, or a newer one was made. Your password is as it was; ask your admin for a new link.',
	'reset.of': 'Reset the password of {name}',
	'reset.text':
		'You get a link with which {name} chooses another password. Until it is used, the old password works. Then {name} is signed out everywhere; a second factor stays and is still asked for.',
	'reset.link': 'Link to another password',
	'reset.once':
		'Copy the link now: it is shown this once. Send it over a channel you trust; whoever opens it first chooses the password of {name}. It can be used once, until {at}.',

	'people.factor': 'Second factor',
	'people.factor.yes': 'Set up',
	'people.factor.no': 'None',
	'people.sign_in': 'Sign-in',
	'people.sign_in.of': 'Sign-in of {name}',
	'person.title': 'How {name} signs in',
	'person.factor.has': 'Set up. The code is asked for at each sign-in.',
	'person.factor.none': 'None. The password alone lets them in.',
	'person.factor.ask': 'Reset second factor…',
	'person.factor.title': 'Reset the second factor of {name}?',
	'person.factor.text':
		'{name} is signed out everywhere, and the app and the recovery codes they have are good for nothing any more. The password alone lets them in; an admin sets up another second factor first. Be sure that it is {name} who asks.',
	'person.factor.submit': 'Reset second factor',
	'person.factor.done': 'The second factor of {name} was reset.',
	'person.password': 'If it is forgotten, a link lets them choose another one.',
	'person.password.disabled': 'Disabled people get no link. Enable them first.',
	'person.password.ask': 'Reset password…',
	'person.sessions': {
		one: 'Signed in on {n} browser.',
		other: 'Signed in on {n} browsers.'
	},
	'person.sessions.ask': 'Sign out everywhere…',
	'person.sessions.title': 'Sign {name} out everywhere?',
	'person.sessions.text':
		'Every session of {name} ends at once. They can sign in again; to keep them out, disable them.',
	'person.sessions.submit': 'Sign out everywhere',
	'person.sessions.done': '{name} was signed out everywhere.',
	'person.own': 'This is you: your own password and second factor are under My sign-in.',

	'action.session.password_given': 'Password given',
	'action.session.second_factor_failed': 'Second factor failed',
	'action.session.proved': 'Showed that it was still them',
	'action.user.sessions_ended': 'All sessions ended',
	'action.second_factor.offered': 'Second factor offered',
	'action.second_factor.set': 'Second factor set up',
	'action.second_factor.removed': 'Second factor removed',
	'action.second_factor.reset': 'Second factor reset',
	'action.second_factor.recovery_codes_made': 'Recovery codes made',
	'action.password_reset.created': 'Password reset made',
	'action.password_reset.used': 'Password reset used',
	'audit.about.by.password': 'by password',
	'audit.about.by.code': 'by code',
	'audit.about.by.recovery_code': 'by recovery code',
	'audit.about.sessions_ended': { one: '{n} session ended', other: '{n} sessions ended' },
	'audit.about.replaced': 'in place of another'
} as const;
