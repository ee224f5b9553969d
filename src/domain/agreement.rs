//! Majority judgement (moonshot 14, as Montpellier did): how many gave each grade from 1 to 5 says which grade is the
//! majority's, and whether what was judged is kept. Recomputed wherever it is shown; never who gave what.
//!
//! The majority grade is the median of the grades given; when the middle falls between two grades, it is the lower of
//! the two: the highest grade that more than half of them gave at least. (M. Balinski and
//! R. Laraki, “A theory of measuring, electing, and ranking”, PNAS 104, 2007; *Majority Judgment*, MIT Press, 2011.)

/// What a majority judgement says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ruling {
    /// The majority grade, from 1.
    pub grade: u32,
    /// How many gave a grade.
    pub people: u64,
    /// Whether it is kept: the grade is the one asked for, or higher. Else it is to be rewritten.
    pub kept: bool,
}

/// The majority grade of how many gave grade 1, 2, 3 …, and whether that is kept from `kept_from` on. None, when
/// nobody gave any.
#[must_use]
pub fn ruling(grades: &[u32], kept_from: u32) -> Option<Ruling> {
    let people: u64 = grades.iter().map(|count| u64::from(*count)).sum();
    let mut up_to = 0;
    let grade = (1_u32..).zip(grades).find_map(|(grade, count)| {
        up_to += u64::from(*count);
        (people > 0 && up_to * 2 >= people).then_some(grade)
    })?;
    Some(Ruling { grade, people, kept: grade >= kept_from })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn grade(grades: [u32; 5]) -> Option<u32> {
        ruling(&grades, 4).map(|ruling| ruling.grade)
    }

    #[test]
    fn p14_the_majority_grade_is_the_median_and_the_lower_of_two() {
        assert_eq!(grade([0, 0, 0, 0, 5]), Some(5));
        assert_eq!(grade([1, 1, 1, 1, 1]), Some(3));
        assert_eq!(grade([0, 0, 3, 0, 3]), Some(3), "the middle falls between 3 and 5");
        assert_eq!(grade([0, 0, 3, 0, 4]), Some(5));
        assert_eq!(grade([2, 0, 0, 4, 0]), Some(4));
        assert_eq!(grade([0; 5]), None);
        assert_eq!(grade([u32::MAX; 5]), Some(3), "no number is too large");
    }

    #[test]
    fn p14_montpellier_keeps_4_and_5_and_rewrites_3_and_less() {
        let kept = |grades: [u32; 5]| ruling(&grades, 4).unwrap().kept;
        assert!(kept([0, 0, 1, 4, 0]) && kept([0, 0, 0, 1, 4]));
        assert!(!kept([0, 0, 4, 1, 0]) && !kept([4, 1, 0, 0, 0]));
    }

    proptest! {
        #[test]
        fn p14_it_is_the_lower_middle_of_the_grades_in_order(grades in proptest::collection::vec(0_u32..30, 5)) {
            let all: Vec<u32> =
                (1..).zip(&grades).flat_map(|(grade, count)| vec![grade; *count as usize]).collect();
            let middle = all.len().checked_sub(1).map(|last| all[last / 2]);
            prop_assert_eq!(ruling(&grades, 4).map(|ruling| ruling.grade), middle);
        }
    }
}
