# The synthesis of a convention, and agreement.

syntheses-title = Syntheses
syntheses-lead = What conventions say as a whole. Each sentence cites the texts it rests on.
syntheses-none = No synthesis is published here.
synthesis-lead = Each sentence cites the signed texts it rests on. A city or a council that finds a sentence unfaithful signs so: the mark stays with the sentence, even when its wording changes.
synthesis-sentences = Sentences and sources
synthesis-sources = Sources of sentence { $n }
synthesis-away = not kept here
synthesis-gone = Contested, and taken out since
synthesis-coverage = What is cited, city by city
synthesis-coverage-lead = Of the recommendations that each member contributed to the convention, those that at least one sentence cites. Citing a whole avis does not count. Percentages are rounded down.
synthesis-no-members = No member of this convention is known here.
synthesis-council = Council
synthesis-cited = Recommendations cited, of those contributed
contest-sentence = contested by
contest-whole = synthesis contested by
contest-earlier = about an earlier wording of sentence { $n }:
cited-title = Cited by
cited-by = Cited by the synthesis
cited-sentence = sentence { $n }
agreements-title = Majority judgement
agreement-kept = Majority grade: { $n } out of 5. Kept.
agreement-rewritten = Majority grade: { $n } out of 5. To be rewritten.
agreement-rule = { $n ->
    [one] One person
   *[other] { $people } people
} gave a grade from 1 to 5. The majority grade is the median; when two grades share the middle, the lower of the two (majority judgement, Balinski and Laraki). Kept from { $from } on, to be rewritten below. No vote is attributed to a person.
agreement-minority = { $n ->
    [one] Minority opinion:
   *[other] Minority opinions:
}
