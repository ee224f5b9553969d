# Plots, and their tables.

plot-says = { $label }: { $value }
plot-cell = { $row }, { $column }: { $value }
plot-city = City
plot-total = Total
plot-theme = Theme or question
plot-when = Date
plot-kind = What
plot-count = How many
plot-share = Share
plot-grade-head = Grade, from 1 (lowest) to 5 (highest)
plot-progress = Progress by city
plot-progress-words = One bar per city, one part per status of its recommendations. The table has the same numbers.
plot-coverage = Recommendations by theme and city
plot-coverage-words = One row per theme or question, one column per city, the darker the more recommendations there are. The table has the same numbers.
plot-timeline = What happened, city by city
plot-timeline-words = One line per city, from the first day to the last, and one sign per kind of event. The table says the same.
plot-grades = How many gave each grade
plot-grades-words = One bar per grade, from 1 to 5; the darkest is the majority grade. The table has the same numbers.
percent-whole = { $whole }%
percent-tenths = { $whole }.{ $tenths }%
