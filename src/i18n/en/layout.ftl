# What surrounds every page: header, navigation, footer.

skip-to-content = Skip to content
brand-tagline = Citizen councils
nav-label = Main navigation
nav-home = Home
nav-councils = Councils
nav-questions = Questions
nav-avis = Avis
nav-received = Received
nav-search = Search
nav-network = Network
language-label = Language
page-title = { $title } – { $city }
breadcrumb-label = Breadcrumb

footer-label = About this site
footer-accessibility = Accessibility: not compliant
footer-privacy = Personal data
footer-licence = Texts under Licence Ouverte 2.0 unless stated otherwise
footer-source = Parvis free software (AGPL 3.0 or later)
footer-address = Follow from the fediverse:

list-label = List, the latest first
pager-label = Pages
pager-next = Older
pager-first = Back to the first page

months-1 = January
months-2 = February
months-3 = March
months-4 = April
months-5 = May
months-6 = June
months-7 = July
months-8 = August
months-9 = September
months-10 = October
months-11 = November
months-12 = December
