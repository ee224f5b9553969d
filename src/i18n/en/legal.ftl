# Accessibility statement, in the form French law prescribes (arrêté of 20 September 2019).

a11y-title = Accessibility statement
a11y-commitment = { $city } undertakes to make its websites accessible, in accordance with article 47 of French law no. 2005-102 of 11 February 2005.
a11y-scope = This statement applies to { $host }.
a11y-state-title = Compliance status
a11y-state = This site is not compliant with the French accessibility standard (RGAA 4.1): no audit has been recorded yet.
a11y-results-title = Test results
a11y-results = No compliance audit has been carried out so far. Without an audit, the site is deemed not compliant.
a11y-content-title = Content that is not accessible
a11y-nonconformities-title = Non-compliance
a11y-nonconformities = Not assessed, for want of an audit.
a11y-derogations-title = Exemptions for disproportionate burden
a11y-derogations = No exemption is claimed.
a11y-exempt-title = Content outside the scope of the obligation
a11y-exempt = Replies from citizens written on other services, and texts received from other territories, are shown as their authors wrote them.
a11y-made-title = Preparation of this statement
a11y-technologies-title = Technologies used
a11y-technologies = HTML5, CSS, SVG. No script is needed or loaded.
a11y-pages-title = Pages that were checked
a11y-pages = None, for want of an audit.
a11y-contact-title = Feedback and contact
a11y-contact = If you cannot access some content or a service, write to { $city } to be directed to an accessible alternative or to get the content in another form.
a11y-remedy-title = Remedies
a11y-remedy = If you reported an accessibility failing that keeps you from some content and got no satisfactory answer, you can:
a11y-remedy-form = write to the Défenseur des droits (French ombudsman);
a11y-remedy-delegate = contact the delegate of the Défenseur des droits in your region;
a11y-remedy-post = send a letter, free of charge, without a stamp: Défenseur des droits, Libre réponse 71120, 75342 Paris CEDEX 07, France.

# Personal data

privacy-title = Personal data
privacy-lead = Reading this site asks for no account, no name and no consent: nothing here follows its readers.
privacy-reading-title = When you read
privacy-reading = No tracker, no personal audience measurement, no resource loaded from another site. A single cookie, “langue”, keeps your choice of language if you make one.
privacy-replies-title = When you reply from the fediverse
privacy-replies = Your public reply and the name and address of your account are recorded here, then read by a person before they are shown.
privacy-replies-delete = If you delete your reply or your account, their content is erased here; only a fingerprint remains, which keeps it from coming back.
privacy-follow-title = When you follow an account
privacy-follow = The address of your account is kept so that publications can be sent to you. The list of followers is never published: only their number is.
privacy-register-title = The public register
privacy-register = The texts of councils and authorities are published without limit of time. People drawn by lot are not named in them.
privacy-rights-title = Your rights
privacy-rights = To access, correct or erase your data, write to the data protection officer { $ofCity }. You can also turn to the CNIL, the French data protection authority.
